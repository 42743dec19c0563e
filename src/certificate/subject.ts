import { sha256Hex, systemRandom, toHex, type RandomBytes } from "./digest.ts";
import { canonicalBytes } from "./json.ts";
import { line, nullable, object, type Of, oneOf, pattern } from "./shape.ts";
import { cleanLine, referenceOf } from "./text.ts";

/** Random bytes per salt: a guess at a name or key id must not be checkable against a bare hash. */
export const saltBytes = 16;
export const saltShape = pattern(/^[0-9a-f]{32,64}$/, "a salt of 16 to 32 bytes in hex");

export function newSalt(random: RandomBytes): string {
  return toHex(random(saltBytes));
}

/** What a certificate may be about. The engine offers `person` for now. */
export const subjectKind = oneOf("person", "credential", "application", "api");

/**
 * Opens the commitment in the statement. It stands beside the signed bytes, so that a person can be erased from a
 * certificate without breaking it.
 */
export const subjectOpeningShape = object({
  salt: saltShape,
  /** Our immutable id of the subject. */
  id: line(128),
  /** The name the source signs the subject in by; null when it has none. */
  userName: nullable(line(256)),
  displayName: nullable(line(256)),
});
export type SubjectOpening = Of<typeof subjectOpeningShape>;

export const commitmentScheme = "sha256-jcs-salted";

/** Lower-case hex SHA-256 over the canonical bytes of the opening. */
export function commitTo(opening: SubjectOpening): string {
  return sha256Hex(canonicalBytes(opening));
}

/** Who the certificate is about. Names are cleaned and cut to 256 bytes. */
export interface SubjectInput {
  readonly kind: Of<typeof subjectKind>;
  /** Our immutable id of the subject. */
  readonly id: string;
  readonly userName: string | null;
  readonly displayName: string | null;
}

export function openingOf(subject: SubjectInput, random: RandomBytes = systemRandom): SubjectOpening {
  return {
    salt: newSalt(random),
    id: referenceOf(subject.id, 128),
    userName: subject.userName === null ? null : cleanLine(subject.userName, 256),
    displayName: subject.displayName === null ? null : cleanLine(subject.displayName, 256),
  };
}
