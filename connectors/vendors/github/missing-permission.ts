const longestHeader = 500;

/**
 * What GitHub says a refused call would have needed, in its own names; null where it does not say, or says it in a form
 * that is not documented. Scopes mean something to classic tokens alone, which are told their own as well.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api "insufficient permissions"
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
export function missingPermissionOf(headers: Readonly<Record<string, string>>): string | null {
  const permissions = permissionsOf(headers["x-accepted-github-permissions"]);
  const scopes = headers["x-oauth-scopes"] === undefined ? null : scopesOf(headers["x-accepted-oauth-scopes"]);
  if (scopes !== null) return scopes.length > 1 ? `one of the scopes ${scopes.join(", ")}` : `the scope ${scopes[0]}`;
  return permissions;
}

/** `members=write,administration=read; organization_administration=read`: commas join, semicolons choose. */
function permissionsOf(header: string | undefined): string | null {
  if (header === undefined || header.length > longestHeader) return null;
  const choices = header.split(";").map((choice) => choice.split(",").map((one) => one.trim()));
  const isReadable = choices.flat().every((one) => /^[a-z][a-z_]{0,60}=(read|write|admin)$/.test(one));
  return isReadable ? choices.map((choice) => choice.join(" and ")).join(", or ") : null;
}

/** The scopes of a classic token that this one has; empty for a token without any, null where it has none to tell. */
export function ownScopesOf(headers: Readonly<Record<string, string>>): readonly string[] | null {
  const header = headers["x-oauth-scopes"];
  if (header === undefined) return null;
  return header.trim() === "" ? [] : scopesOf(header);
}

function scopesOf(header: string | undefined): readonly string[] | null {
  if (header === undefined || header.length > longestHeader) return null;
  const scopes = header.split(",").map((scope) => scope.trim());
  return scopes.every((scope) => /^[a-z][a-z_:]{0,60}$/.test(scope)) ? scopes : null;
}
