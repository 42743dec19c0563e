/**
 * The form of a user name or address under which it is unique and found: composed, then lower case. Compatibility
 * forms are kept apart on purpose: "ｊsmith" is not "jsmith" (trust T05).
 */
export function foldIdentifier(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
