import { isNativeError } from "node:util/types";
import { Secret } from "./secret.ts";

/** Replaces every known secret, in every spelling it is likely to travel in. One per process. */
export interface Redactor {
  /** Knows this value for as long as the process lives: an operator's own secrets. */
  register(secret: Secret | string): void;
  /** Knows a value that a target showed us; the newest ones are kept, so that a long life does not fill the memory. */
  registerSeen(secret: Secret | string): void;
  redact(text: string): string;
  /** A copy without secrets: strings, keys, arrays, plain objects, maps, sets, errors with their causes. */
  redact(value: unknown): unknown;
}

const mask = "[redacted]";
/** Shorter values are not searched for: they would turn ordinary words into masks and prove nothing. */
const minSecretLength = 4;
/** Encoded fragments of very short secrets would match ordinary text. */
const minEncodedLength = 6;
/** A shorter line of a longer secret tells little, and may be an ordinary word. */
const minLineLength = 12;
const maxSeen = 10_000;
const maxDepth = 12;

export function createRedactor(): Redactor {
  // Forms by their first four characters, longest first: one pass over the text, whatever the number of secrets.
  const formsByHead = new Map<string, string[]>();
  const owners = new Map<string, number>();
  const permanent = new Set<string>();
  const seen = new Set<string>();

  function add(value: string): void {
    for (const form of formsOf(value)) {
      const count = owners.get(form) ?? 0;
      owners.set(form, count + 1);
      if (count > 0) continue;
      const head = form.slice(0, minSecretLength);
      formsByHead.set(
        head,
        [...(formsByHead.get(head) ?? []), form].sort((a, b) => b.length - a.length),
      );
    }
  }

  function remove(value: string): void {
    for (const form of formsOf(value)) {
      const count = owners.get(form) ?? 0;
      if (count > 1) {
        owners.set(form, count - 1);
        continue;
      }
      owners.delete(form);
      const head = form.slice(0, minSecretLength);
      const rest = (formsByHead.get(head) ?? []).filter((other) => other !== form);
      if (rest.length === 0) formsByHead.delete(head);
      else formsByHead.set(head, rest);
    }
  }

  function redactText(text: string): string {
    if (formsByHead.size === 0) return text;
    let clean = "";
    let copied = 0;
    for (let at = 0; at + minSecretLength <= text.length; at += 1) {
      const forms = formsByHead.get(text.slice(at, at + minSecretLength));
      const form = forms?.find((candidate) => text.startsWith(candidate, at));
      if (form === undefined) continue;
      clean += text.slice(copied, at) + mask;
      copied = at + form.length;
      at = copied - 1;
    }
    return copied === 0 ? text : clean + text.slice(copied);
  }

  function redact(text: string): string;
  function redact(value: unknown): unknown;
  function redact(value: unknown): unknown {
    return typeof value === "string" ? redactText(value) : redactValue(value, redactText, []);
  }

  return {
    redact,
    register(secret) {
      const value = valueOf(secret);
      if (value.length < minSecretLength || permanent.has(value)) return;
      permanent.add(value);
      add(value);
    },
    registerSeen(secret) {
      const value = valueOf(secret);
      if (value.length < minSecretLength || permanent.has(value)) return;
      if (!seen.delete(value)) add(value);
      seen.add(value); // re-inserted, so that the set stays in order of last sight
      const [oldest] = seen;
      if (seen.size > maxSeen && oldest !== undefined) {
        seen.delete(oldest);
        remove(oldest);
      }
    },
  };
}

function valueOf(secret: Secret | string): string {
  return secret instanceof Secret ? secret.reveal() : secret;
}

/**
 * The spellings of a secret: raw, JSON-escaped once and twice, URL-encoded, base64 wherever it sits in a longer text.
 * Of a secret in several lines (a PEM key), each line too: line breaks are spelled in more ways than anybody can list.
 */
function formsOf(value: string): ReadonlySet<string> {
  const lines = value.split(/[\r\n]+/).filter((line) => line.length >= minLineLength && !line.startsWith("-----"));
  return new Set([value, ...(lines.length > 1 ? lines : [])].flatMap(spellingsOf));
}

function spellingsOf(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const wellFormed = Buffer.from(value, "utf8").toString("utf8"); // encodeURIComponent refuses lone surrogates
  const url = encodeURIComponent(wellFormed);
  const plain = [
    value,
    json,
    json.replaceAll("/", "\\/"),
    ascii,
    JSON.stringify(json).slice(1, -1),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURI(wellFormed),
    new URLSearchParams([["", value]]).toString().slice(1),
  ];
  return [...plain, ...base64FormsOf(value).filter((form) => form.length >= minEncodedLength)];
}

/** The characters that base64 of any text around the secret must contain: one fragment per alignment, both alphabets. */
function base64FormsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, "utf8");
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const from = Math.ceil((offset * 8) / 6);
    const to = Math.floor(((offset + bytes.length) * 8) / 6);
    const fragment = encoded.slice(from, to);
    return [fragment, fragment.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function redactValue(value: unknown, redactText: (text: string) => string, path: readonly object[]): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Secret) return mask;
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (path.includes(value)) return "[circular]";
  if (path.length >= maxDepth) return "[too deep]";
  const inner = (part: unknown): unknown => redactValue(part, redactText, [...path, value]);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Map) return new Map([...value].map(([key, part]) => [inner(key), inner(part)]));
  if (value instanceof Set) return new Set([...value].map(inner));
  if ("toJSON" in value && typeof value.toJSON === "function") return inner(value.toJSON());
  const own = Object.entries(value).map(([key, part]) => [redactText(key), inner(part)] as const);
  if (!isNativeError(value)) return Object.fromEntries(own);
  return {
    name: value.name,
    message: redactText(value.message),
    ...(value.stack === undefined ? {} : { stack: redactText(value.stack) }),
    ...(value.cause === undefined ? {} : { cause: inner(value.cause) }),
    ...Object.fromEntries(own),
  };
}
