import { CodedError } from "../../domain/error.ts";

/** Someone a source told us about, as stored. `attributes` is the rest of the SCIM resource, canonical names. */
export interface PersonRow {
  readonly id: string;
  readonly source: string;
  readonly userName: string;
  readonly externalId: string | null;
  readonly active: boolean;
  /** Raised by every activation and deactivation (trust I03, I04). */
  readonly generation: number;
  readonly attributes: unknown;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a source may say about a person. */
export interface PersonDraft {
  readonly userName: string;
  readonly externalId: string | null;
  readonly displayName: string | null;
  readonly active: boolean;
  /** A JSON document; stored as it is. */
  readonly attributes: unknown;
  readonly emails: readonly PersonEmail[];
}

export interface PersonEmail {
  readonly value: string;
  readonly type: string | null;
}

/** Who says it, and the bytes in which it was said, with secrets already taken out. */
export interface Claim {
  readonly source: string;
  readonly raw: Uint8Array;
  readonly mediaType: string;
}

/** What a claim makes of a person. */
export interface PersonDecision {
  readonly draft: PersonDraft;
  /** What the claim itself says about `active`; null when it does not mention it. */
  readonly saysActive: boolean | null;
}

/** A condition on `person AS p`, with its parameters; `$1` is the source. */
export interface SqlCondition {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface PeopleQuery {
  /** Numbered from `$4`; null selects everyone of the source. */
  readonly where: SqlCondition | null;
  readonly limit: number;
  readonly offset: number;
}

export interface PeoplePage {
  readonly people: readonly PersonRow[];
  /** How many match, on all pages. */
  readonly total: number;
}

export class PeopleError extends CodedError<"user-name-taken" | "unavailable"> {
  override readonly name = "PeopleError";
}
