import { ScimError } from "../error.ts";

/**
 * Tags are compared without regard to their weakness: SCIM clients send back the weak tags they were given.
 * @see RFC 7644 section 3.14
 */
function names(header: string, tag: string): boolean {
  return header.split(",").some((candidate) => candidate.trim() === "*" || opaque(candidate) === opaque(tag));
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//i, "");
}

/** @throws {ScimError} `precondition-failed` when the client knows another version. */
export function requireMatch(ifMatch: string | undefined, tag: string): void {
  if (ifMatch !== undefined && !names(ifMatch, tag)) {
    throw new ScimError("precondition-failed", "The resource has changed since it was read");
  }
}

export function isUnchanged(ifNoneMatch: string | undefined, tag: string): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, tag);
}
