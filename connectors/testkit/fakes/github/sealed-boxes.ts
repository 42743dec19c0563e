import sodium from "libsodium-wrappers";
import { refuse } from "./errors.ts";

/** The public key that a secret is sealed for. */
export interface PublicKey {
  readonly key_id: string;
  /** Base64. */
  readonly key: string;
}

interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/**
 * A key pair per place that secrets are kept in. What is sealed for another key, or not at all, is refused.
 *
 * @see https://docs.github.com/rest/guides/encrypting-secrets-for-the-rest-api
 */
export class SealedBoxes {
  readonly #pairs = new Map<string, { readonly id: string; readonly pair: KeyPair }>();

  static async ready(): Promise<SealedBoxes> {
    await sodium.ready;
    return new SealedBoxes();
  }

  /** @param place whatever names it, such as `actions/1005/`. */
  publicKey(place: string): PublicKey {
    const { id, pair } = this.#pairOf(place);
    return { key_id: id, key: sodium.to_base64(pair.publicKey, sodium.base64_variants.ORIGINAL) };
  }

  /** Makes the place ask for a new key; what was sealed for the old one is refused from now on. */
  rotate(place: string): void {
    this.#pairs.delete(place);
  }

  open(place: string, keyId: string, sealed: string): string {
    const { id, pair } = this.#pairOf(place);
    try {
      if (id !== keyId) throw new Error("another key");
      const box = sodium.from_base64(sealed, sodium.base64_variants.ORIGINAL);
      return sodium.crypto_box_seal_open(box, pair.publicKey, pair.privateKey, "text");
    } catch {
      throw refuse.unprocessable("Bad request - validation failed due to an improperly encrypted secret");
    }
  }

  #pairOf(place: string) {
    const known = this.#pairs.get(place) ?? {
      id: String(5_680_000_000 + this.#pairs.size),
      pair: sodium.crypto_box_keypair(),
    };
    this.#pairs.set(place, known);
    return known;
  }
}
