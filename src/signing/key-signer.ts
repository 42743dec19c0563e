import { createPublicKey, type KeyObject, sign } from "node:crypto";
import { isSignedBy, type PublicJwk, thumbprint } from "../certificate/index.ts";
import { SigningError } from "./error.ts";
import type { Signer } from "./signer.ts";

/** A signer over a private key in memory. */
export function signerOf(privateKey: KeyObject): Signer {
  const publicJwk = publicJwkOf(privateKey);
  return {
    alg: "Ed25519",
    keyid: thumbprint(publicJwk),
    publicJwk,
    sign: (bytes) => {
      const signature = new Uint8Array(sign(null, bytes, privateKey));
      // A fault in the computation could otherwise give away the key or hand out a worthless certificate.
      if (isSignedBy(publicJwk, bytes, signature)) return Promise.resolve(signature);
      return Promise.reject(
        new SigningError("signature-self-check", "A fresh signature did not verify; not handed out"),
      );
    },
  };
}

export function publicJwkOf(key: KeyObject): PublicJwk {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  if (key.asymmetricKeyType !== "ed25519" || x === undefined) {
    throw new SigningError(
      "key-file-corrupt",
      `An Ed25519 key is needed, not ${key.asymmetricKeyType ?? "a secret key"}`,
    );
  }
  return { kty: "OKP", crv: "Ed25519", x };
}
