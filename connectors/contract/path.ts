/**
 * A URL path with its variables encoded: path`/consumers/${id}/key-auth`. A variable stays one segment, so that an id
 * that a target or an operator gave cannot lead a call elsewhere.
 *
 * @throws {RangeError} for an empty variable and for `.` and `..`, which a URL parser would walk.
 */
export function path(texts: TemplateStringsArray, ...variables: readonly string[]): string {
  return String.raw({ raw: texts }, ...variables.map(segment));
}

function segment(variable: string): string {
  if (variable === "" || variable === "." || variable === "..") throw new RangeError("not a path segment");
  return encodeURIComponent(variable);
}
