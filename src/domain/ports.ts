/** What nearly every room needs from outside. A test passes plain objects. */

/** The present instant. Wherever order matters, the database's clock and sequences decide instead (trust I19). */
export type Clock = () => Date;

/** A fresh UUIDv7. */
export type NewId = () => string;

/** Structured log: a constant message to group by, ids instead of people, units in the field names. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds these fields to every line. */
  with(fields: LogFields): Log;
}

export type LogFields = Readonly<Record<string, unknown>>;
