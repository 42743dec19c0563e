import { randomBytes } from "node:crypto";

/** A planted secret. Where it turns up, in whatever spelling, something has leaked (T12). */
export interface Canary {
  readonly name: string;
  readonly value: string;
}

/** With characters that each encoding spells in its own way, yet fit for a header. */
export function canary(name: string): Canary {
  return { name, value: `canary-${randomBytes(9).toString("hex")}"\\/+&=%~${randomBytes(6).toString("hex")}` };
}

/** For places that take letters and digits alone. */
export function plainCanary(name: string): Canary {
  return { name, value: `canary${randomBytes(20).toString("hex")}` };
}

/**
 * The spellings in which a secret travels. Base64 is looked for at each of its three offsets, so that it is found inside
 * something longer that was encoded whole, as in `Basic user:password`.
 */
export function spellingsOf(value: string): Record<string, string> {
  const bytes = Buffer.from(value);
  const base64At = (offset: number): string => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    return text.slice(Math.ceil((offset * 4) / 3), -2); // the edges depend on what stands beside it
  };
  const spellings = {
    raw: value,
    base64: base64At(0),
    "base64, one byte in": base64At(1),
    "base64, two bytes in": base64At(2),
    "base64 for URLs": bytes.toString("base64url").slice(0, -2),
    "URL-encoded": encodeURIComponent(value),
    "JSON-escaped": JSON.stringify(value).slice(1, -1),
    "JSON-escaped twice": JSON.stringify(JSON.stringify(value)).slice(3, -3),
    hex: bytes.toString("hex"),
  };
  return spellings;
}

/** Every canary in a text, as `name (spelling)`. */
export function leaksIn(text: string, canaries: readonly Canary[]): string[] {
  return canaries.flatMap(({ name, value }) =>
    Object.entries(spellingsOf(value)).flatMap(([spelling, form]) =>
      text.includes(form) || (spelling === "hex" && text.toLowerCase().includes(form)) ? [`${name} (${spelling})`] : [],
    ),
  );
}
