/** A public key of GitHub's, for one scope and store. */
export interface PublicKey {
  /** Base64 of 32 bytes. */
  key: string;
  keyId: string;
}

const keyBytes = 32;

/**
 * Encrypts a value so that only GitHub can read it: a libsodium sealed box over its UTF-8 bytes, in standard base64.
 *
 * @throws {RangeError} when the key is not one of 32 bytes.
 * @see https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api
 */
export async function sealFor({ key }: Pick<PublicKey, "key">, value: string): Promise<string> {
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  const bytes = Buffer.from(key, "base64");
  if (bytes.length !== keyBytes || bytes.toString("base64") !== key) throw new RangeError("not a key of a sealed box");
  return Buffer.from(sodium.crypto_box_seal(Buffer.from(value, "utf8"), bytes)).toString("base64");
}
