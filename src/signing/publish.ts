import { type PublicJwk, trustFileBytes, type TrustKey } from "../certificate/index.ts";

/**
 * The trust file an auditor pins (`lastday verify --trust`): canonical JSON, to be written byte for byte.
 * @param keys every key, past and present, as `KeyFileSigner.keys()` lists them.
 * @throws {CertificateError} when it would not be readable as a trust file.
 */
export function trustFileOf(keys: readonly TrustKey[], organization: string): string {
  return Buffer.from(trustFileBytes({ version: 1, organization, keys })).toString("utf8");
}

/** One key of a JWK set (RFC 7517). */
export type PublishedJwk = PublicJwk & {
  readonly kid: string;
  readonly use: "sig";
  /** RFC 8037 name: deployed libraries still refuse the newer `Ed25519` of RFC 9864. */
  readonly alg: "EdDSA";
};

/** The keys whose signatures count, as a JWK set. It has no place for validity, so compromised keys are left out. */
export function jwksOf(keys: readonly TrustKey[]): { readonly keys: readonly PublishedJwk[] } {
  const sound = keys.filter(({ status }) => status !== "compromised");
  return { keys: sound.map(({ jwk, kid }) => ({ ...jwk, kid, use: "sig", alg: "EdDSA" })) };
}
