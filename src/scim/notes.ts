/** What the normaliser changed or left out; kept for the operator who wonders what a client really sends. */
export interface Note {
  readonly rule: NoteRule;
  /** Attribute name or operation it concerns, as the client spelled it, clipped. */
  readonly at: string;
}

export type NoteRule =
  | "boolean-from-word"
  | "value-unwrapped"
  | "single-value-listed"
  | "plain-value-wrapped"
  | "operation-case"
  | "operations-key"
  | "schemas-missing"
  | "read-only-ignored"
  | "unknown-ignored"
  | "schema-key-flattened";

export type Notes = Note[];

export function note(notes: Notes, rule: NoteRule, at: string): void {
  notes.push({ rule, at: at.slice(0, 64) });
}
