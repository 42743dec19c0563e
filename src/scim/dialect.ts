/** How a source's client speaks, where clients disagree with each other or with the RFC. Set per source. */
export type Dialect = "okta" | "entra" | "generic";

export interface DialectRules {
  /**
   * `replace` at a value path that matches nothing creates the element. RFC 7644 section 3.5.2.3 wants `noTarget`;
   * Entra expects the element (https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups).
   */
  readonly replaceCreatesElement: boolean;
  /**
   * A PATCH path that names nothing we keep is skipped, when it cannot concern `active` or an identity: directories let
   * administrators map any attribute, and refusing one would hold up a deactivation in the same request.
   */
  readonly skipsUnknownPaths: boolean;
}

export const dialectRules = {
  okta: { replaceCreatesElement: false, skipsUnknownPaths: true },
  entra: { replaceCreatesElement: true, skipsUnknownPaths: true },
  generic: { replaceCreatesElement: false, skipsUnknownPaths: false },
} satisfies Record<Dialect, DialectRules>;
