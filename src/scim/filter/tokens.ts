import type { ScimErrorCode } from "../error.ts";
import { ScimError } from "../error.ts";
import { isStorable } from "../json.ts";

export type Token =
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "mark"; readonly text: "(" | ")" | "[" | "]" };

/** Longest filter or path in characters. @see trust rule 11 */
const maxLength = 2_048;

const marks: ReadonlySet<string> = new Set(["(", ")", "[", "]"]);
const wordForm = /[^\s"()[\]]+/y;
const spaceForm = /\s+/y;

/**
 * Cuts a filter or path into tokens, left to right, without backtracking.
 * Strings follow JSON's escapes. @see RFC 7644 section 3.4.2.2, figure 1
 * @throws {ScimError} with the given code.
 */
export function tokenize(text: string, code: ScimErrorCode): readonly Token[] {
  if (text.length > maxLength) throw new ScimError(code, `A filter or path may hold ${maxLength} characters`);
  if (!isStorable(text)) {
    throw new ScimError(code, "A filter or path may hold neither NUL nor half a surrogate pair");
  }
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    if (marks.has(character)) {
      tokens.push({ kind: "mark", text: character as "(" | ")" | "[" | "]" });
      at += 1;
    } else if (character === '"') {
      const end = endOfQuoted(text, at);
      if (end < 0) throw new ScimError(code, "A quoted value is not closed");
      tokens.push({ kind: "string", text: unescape(text.slice(at, end), code) });
      at = end;
    } else {
      const word = take(wordForm, text, at);
      if (word.length > 0) tokens.push({ kind: "word", text: word });
      at += word.length > 0 ? word.length : take(spaceForm, text, at).length;
    }
  }
  return tokens;
}

function take(form: RegExp, text: string, at: number): string {
  form.lastIndex = at;
  return form.exec(text)?.[0] ?? "";
}

/** Where the text after a quoted value begins; -1 when the quote at `start` is not closed. */
export function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return -1;
}

function unescape(literal: string, code: ScimErrorCode): string {
  try {
    const value = String(JSON.parse(literal));
    if (isStorable(value)) return value;
  } catch {
    // falls through to the one refusal below
  }
  throw new ScimError(code, "A quoted value is not a JSON string we can store");
}
