/** Text that is markup already. Only `html` makes one, so a string from outside can never pass for it (T32). */
export interface Html {
  readonly markup: string;
}

type Value = Html | string | number | null | false | undefined | readonly Html[];

/**
 * Markup with its values escaped, for element content and for attributes in double quotes; nowhere else may a value
 * stand. Lists are joined; null, undefined and false are nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const markup = parts.reduce((text, part, n) => `${text}${n === 0 ? "" : markupOf(values[n - 1])}${part}`, "");
  return { markup };
}

export const nothing: Html = { markup: "" };

function markupOf(value: Value): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string" || typeof value === "number") return escapeText(String(value));
  if (isList(value)) return value.map((entry) => entry.markup).join("");
  return value.markup;
}

function isList(value: Html | readonly Html[]): value is readonly Html[] {
  return Array.isArray(value);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/**
 * Escapes markup. Control characters, which no reader can see, are shown as the replacement character; tab and line
 * feed stay. Bidirectional overrides are left to `<bdi>` around names.
 */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[&<>"'`]/g, (character) => entities[character] ?? "")
    .replaceAll(/[^\P{Cc}\n\t]/gu, "\u{FFFD}");
}
