/**
 * Whether a name fits a pattern in which `*` stands for any run of characters. Case is ignored: GitHub writes the names of
 * secrets in capitals whatever was typed, and takes environment names without regard to it.
 *
 * @see https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets
 */
export function fits(pattern: string, name: string): boolean {
  const parts = pattern.toLowerCase().split("*");
  const text = name.toLowerCase();
  const [head = "", ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
  let at = head.length;
  const end = text.length - tail.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
