import type { Json } from "./json.ts";
import { isArray, isObject, toPlain } from "./json.ts";
import { foldName } from "./schema/registry.ts";

/**
 * The bytes of a request as they may be kept. A client may synchronise a password, which we accept and throw away; the
 * notice we store must not be where it survives (trust I15). Everything else stays byte for byte.
 */
export function withoutPassword(raw: Uint8Array, body: Json): Uint8Array {
  const redacted = redact(body);
  return redacted === body ? raw : Buffer.from(JSON.stringify(toPlain(redacted)));
}

/** The very value given when there is nothing to take out. */
function redact(value: Json): Json {
  if (isArray(value)) {
    const elements = value.map(redact);
    return elements.every((element, index) => element === value[index]) ? value : elements;
  }
  if (!isObject(value)) return value;
  const path = [...value].find(([key]) => foldName(key) === "path")?.[1];
  const isAboutPassword = typeof path === "string" && namesPassword(path);
  const entries = [...value].map(([key, inner]): readonly [string, Json] => {
    const isSecret = namesPassword(key) || (isAboutPassword && foldName(key) === "value");
    return [key, isSecret ? "[redacted]" : redact(inner)];
  });
  return entries.every(([key, inner]) => inner === value.get(key)) ? value : new Map(entries);
}

function namesPassword(name: string): boolean {
  return foldName(name).trim().endsWith("password");
}
