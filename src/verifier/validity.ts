import { CertificateError, type Statement, type TrustKey } from "../certificate/index.ts";
import type { Finding } from "./report.ts";

/** How far clocks may differ: the issuer's, its key keeper's and the reader's. */
export const clockSkewMs = 5 * 60 * 1000;

/**
 * A certificate that was known to exist at an instant cannot have been issued after it.
 * @throws {CertificateError} `issued-after-known-time`
 */
export function checkKnownTime({ predicate }: Statement, at: string | null): void {
  if (at === null || Date.parse(predicate.issuedAt) <= Date.parse(at) + clockSkewMs) return;
  throw new CertificateError("issued-after-known-time", `issued ${predicate.issuedAt}, known at ${at}`, "issuedAt");
}

/**
 * A key signs between its first and its last instant. The only time in the certificate is the issuer's own claim: a
 * backdated signature by a retired key passes here, and the report says that the time is not proved.
 *
 * @throws {CertificateError} `key-outside-validity`
 */
export function checkKeyValidity({ predicate }: Statement, keys: readonly TrustKey[]): void {
  for (const { kid, notBefore, notAfter } of keys) {
    const issuedAt = Date.parse(predicate.issuedAt);
    const begins = Date.parse(notBefore) - clockSkewMs;
    const ends = notAfter === null ? Number.POSITIVE_INFINITY : Date.parse(notAfter) + clockSkewMs;
    if (issuedAt >= begins && issuedAt <= ends) continue;
    const span = `${notBefore} to ${notAfter ?? "now"}`;
    throw new CertificateError(
      "key-outside-validity",
      `issued ${predicate.issuedAt}; key ${kid} signed ${span}`,
      "issuedAt",
    );
  }
}

/** Whoever has a stolen key can write any date: only a time known from elsewhere saves its certificates. */
export function compromisedKeys(keys: readonly TrustKey[], at: string | null): Finding[] {
  return keys
    .filter(({ compromisedAt }) => compromisedAt !== null && (at === null || at >= compromisedAt))
    .map(({ kid, compromisedAt }) => ({
      code: "key-compromised",
      where: "envelope.signatures",
      message: `key ${kid} may have been in other hands since ${compromisedAt ?? ""}, and nothing proves this is older`,
    }));
}
