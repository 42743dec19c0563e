import { isTime } from "../../certificate/index.ts";
import { type Requirement, requirements } from "../../verifier/index.ts";

/** The command's options as they are typed, all of them texts. One table serves `lastday` and the standalone file. */
export const verifyOptions = {
  trust: { value: "<file>", help: "the issuer's trust file; without it the signature is not checked" },
  require: { value: "<proofs>", help: `insist on ${requirements.join(",")}` },
  evidence: { value: "<dir>", help: "compare evidence files, each named by its SHA-256" },
  at: { value: "<time>", help: "when you know the file existed (RFC 3339); the verifier asks no clock" },
  newer: { value: "<file>", help: "a later certificate, to learn whether it replaces this one" },
  "expect-org": { value: "<name>", help: "refuse a certificate of another organization" },
  "expect-certificate": { value: "<id>", help: "refuse another certificate" },
  "expect-subject": { value: "<userName|id>", help: "refuse a certificate about somebody else" },
  json: { value: null, help: "print the report as JSON" },
} as const;
export const verifySummary = "check a certificate offline, from its bytes and the issuer's public key";

/** What was typed, by the camel-case names that commander uses. */
export interface VerifyOptions {
  /** Path of `certificate.json`. */
  readonly certificate: string;
  readonly trust?: string | undefined;
  readonly require?: string | undefined;
  readonly evidence?: string | undefined;
  readonly at?: string | undefined;
  readonly newer?: string | undefined;
  readonly expectOrg?: string | undefined;
  readonly expectCertificate?: string | undefined;
  readonly expectSubject?: string | undefined;
  readonly json?: boolean | undefined;
}

/** Something is wrong with the call, not with the certificate: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws {UsageError} for a word that is no requirement. */
export function parseRequire(text: string | undefined): readonly Requirement[] {
  if (text === undefined) return [];
  return text.split(",").map((word) => {
    const found = requirements.find((requirement) => requirement === word.trim());
    if (found === undefined) throw new UsageError(`--require: "${word}" is not one of ${requirements.join(", ")}`);
    return found;
  });
}

/** @returns the instant in the certificate's spelling. @throws {UsageError} when it is not RFC 3339 with an offset. */
export function parseAt(text: string | undefined): string | null {
  if (text === undefined) return null;
  const rfc3339 = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text.toUpperCase());
  const day = rfc3339?.[1] ?? "";
  const instant = new Date(rfc3339?.[0] ?? Number.NaN);
  // `Date` takes 30 February for 2 March.
  if (Number.isNaN(instant.getTime()) || !isTime(`${day}T00:00:00.000Z`)) {
    throw new UsageError(`--at: "${text}" is not a time like 2026-11-24T09:00:00Z`);
  }
  return instant.toISOString();
}
