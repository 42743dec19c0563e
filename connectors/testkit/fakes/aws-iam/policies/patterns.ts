/**
 * Whether a pattern with `*` (anything) and `?` (any one character) covers a value whole.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards
 */
export function matchesPattern(pattern: string, value: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\/]/g, "\\$&");
  const source = literal.replaceAll("*", "[^]*").replaceAll("?", "[^]");
  return new RegExp(`^${source}$`).test(value);
}

/** Puts the request's values in the place of `${aws:username}` and the like; an unknown one stays as it is. */
export function withVariables(pattern: string, context: Readonly<Record<string, string | undefined>>): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (whole, key: string) => context[key.toLowerCase()] ?? whole);
}
