import { createHash, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * The form of every token we mint: `ld_`, 30 base62 characters (178 bits), 6 characters of CRC-32. The checksum lets a
 * secret scanner and a mistyped configuration be told from a wrong token without asking the database (trust rule 15).
 */
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const prefix = "ld_";
const randomLength = 30;
const checksumLength = 6;
const form = new RegExp(`^${prefix}[0-9A-Za-z]{${randomLength + checksumLength}}$`);

export interface MintedToken {
  /** Shown once; nobody can have it again. */
  value: string;
  /** SHA-256 of the value, hex: what is stored. */
  sha256: string;
  /** The first characters, enough to recognise a token in a list. */
  prefix: string;
}

export function mintToken(): MintedToken {
  const random = Array.from({ length: randomLength }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
  const value = `${prefix}${random}${checksumOf(random)}`;
  return { value, sha256: tokenDigest(value), prefix: value.slice(0, prefix.length + 4) };
}

/** Whether the text could be one of our tokens: right form, right checksum. Says nothing about being live. */
export function isWellFormedToken(text: string): boolean {
  if (!form.test(text)) return false;
  const random = text.slice(prefix.length, prefix.length + randomLength);
  return text.slice(prefix.length + randomLength) === checksumOf(random);
}

export function tokenDigest(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

function checksumOf(random: string): string {
  let rest = crc32(random);
  let text = "";
  for (let position = 0; position < checksumLength; position += 1) {
    text = alphabet.charAt(rest % alphabet.length) + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
