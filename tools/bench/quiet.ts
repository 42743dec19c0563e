import type { Log } from "../../src/domain/ports.ts";

/** Shows what went wrong and nothing else: a bench that logs measures its log. */
export const quiet: Log = {
  debug() {},
  info() {},
  warn: (message, fields) => console.error(message, fields),
  error: (message, fields) => console.error(message, fields),
  with: () => quiet,
};
