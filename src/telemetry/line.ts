import { CodedError } from "../domain/error.ts";

const longestText = 2_000;
const deepest = 6;
const mostEntries = 100;

/**
 * Any value as plain data for one log line: errors as code and message without a stack, dates as RFC 3339, big values
 * capped, anything that could forge or hide part of a line escaped (T31). Secrets print as `[redacted]` by themselves.
 */
export function plainOf(value: unknown, depth = 0, seen: ReadonlySet<object> = new Set()): unknown {
  if (typeof value === "string") return escapeText(cap(value));
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "function" || typeof value === "symbol") return `[${typeof value}]`;
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return "[circular]";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (depth >= deepest) return "[too deep]";
  const inside = new Set(seen).add(value);
  if (value instanceof Error) return errorOf(value, depth, inside);
  if (Array.isArray(value)) {
    const kept = value.slice(0, mostEntries).map((entry) => plainOf(entry, depth + 1, inside));
    return value.length > mostEntries ? [...kept, `[${value.length - mostEntries} more]`] : kept;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return plainOf(value.toJSON(), depth + 1, inside);
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, mostEntries)
      .map(([key, entry]) => [escapeText(cap(key)), plainOf(entry, depth + 1, inside)]),
  );
}

function errorOf(error: Error, depth: number, seen: ReadonlySet<object>): Record<string, unknown> {
  const given = error instanceof CodedError ? error.code : (error as NodeJS.ErrnoException).code;
  return {
    code: typeof given === "string" ? escapeText(cap(given)) : error.name,
    message: escapeText(cap(error.message)),
    ...(error.cause === undefined || error.cause === null ? {} : { cause: plainOf(error.cause, depth + 1, seen) }),
  };
}

/**
 * Escapes C0 and C1 controls (line breaks and terminal sequences among them), line and paragraph separators, and the
 * characters that change the direction or are not seen: what a log viewer shows is what was written.
 *
 * @see Unicode Standard Annex 9 (bidirectional controls)
 */
export function escapeText(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function cap(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}[${text.length - longestText} more]`;
}
