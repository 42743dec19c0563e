import type { Finding, HandTask, Outcome } from "../../src/domain/access.ts";
import type { Secret } from "./secret.ts";

/**
 * Replaces a secret that others use too, so that the value the leaver may have copied dies while everybody else goes on:
 * create, set, test, finish, retire. The engine runs them in this order and commits each before the next; after a crash it
 * runs the one it cannot know the end of again. So each reads first, and each may run twice.
 *
 * Up to `retire` the old value still works, so whoever holds either value goes on working (check 18 of the kit).
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html "Steps": the same idea
 */
export interface Rotation<Session> {
  /** Whether this secret can be replaced from here; what cannot is a task for a person. Read-only, from settings alone. */
  plan(session: Session, finding: Finding): { kind: "auto" } | { kind: "by-hand"; task: HandTask };
  /**
   * Issues a second credential beside the old one. The engine seals its value before anything else happens; a crash in
   * between leaves one at the issuer whose value nobody has. So this first removes what `turn` left there before: whatever
   * carries its token, or else is younger than `since` and not the old one; nothing where `since` is null.
   */
  create(session: Session, finding: Finding, turn: RotationTurn): Promise<Issued>;
  /** Writes the new value to every consumer. */
  set(session: Session, finding: Finding, issued: Issued): Promise<void>;
  /** Tries the new value at the issuer. Null: it could not be told. */
  test(session: Session, finding: Finding, issued: Issued): Promise<{ works: boolean | null; reason: string }>;
  /** Marks the new credential as the one in use. */
  finish(session: Session, finding: Finding, issued: IssuedRef): Promise<void>;
  /**
   * Ends the old credential: `revoked` or `already-gone`; `pending` while it is only switched off, or used, with
   * `notBefore` where it is known when that ends.
   */
  retire(session: Session, finding: Finding, issued: IssuedRef): Promise<Outcome>;
  /**
   * Puts the consumers back to the old value where it can be read, and ends the new credential. Refused (`unsupported`)
   * once a consumer holds the new value and the old one cannot be given back: then only forward is safe.
   */
  rollBack(session: Session, finding: Finding, issued: Issued): Promise<Outcome>;
}

export interface RotationTurn {
  /** Names this rotation for ever; a mark for what it creates, where the issuer takes one. */
  token: string;
  /**
   * When the first call of this rotation that could have created something was sent, by the database's clock. Null: none
   * was, so nothing there is ours.
   */
  since: Date | null;
}

/** A second credential by its own id at the issuer, which is no secret. */
export interface IssuedRef {
  ref: string;
}

/** The same with its value, for the sealed store and the consumers alone. */
export interface Issued extends IssuedRef {
  value: Secret;
}
