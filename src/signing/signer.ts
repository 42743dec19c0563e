import type { EnvelopeSigner } from "../certificate/index.ts";

/**
 * A key that signs certificates, wherever it is kept. It can move to a process or a device of its own.
 *
 * Every driver verifies each signature under its own public key before it hands it out, signs pure Ed25519 (RFC 8032)
 * over the bytes as they are, never Ed25519ph, and accepts at least 4,096 bytes.
 */
export interface Signer extends EnvelopeSigner {
  readonly alg: "Ed25519";
}
