import type { Settings } from "./context.ts";
import type { Lag } from "./lag.ts";
import type { GithubThrottle } from "./limits.ts";
import type { RepositoryRole } from "./rows.ts";
import type { World } from "./world.ts";

export interface FakeGithubOptions {
  /** Default `acme`. */
  readonly organization?: string;
  /** Default `acme-inc`. */
  readonly enterprise?: string;
  /** What every member may do everywhere. Default: nothing. */
  readonly basePermission?: RepositoryRole;
  /** Whether members' classic tokens and SSH keys need single sign-on. Default false. */
  readonly requiresSso?: boolean;
  /** Whether the enterprise owns its people's accounts. Default false. */
  readonly managesUsers?: boolean;
  /** How long a revocation accepted with 202 takes. Default: one read of the list. */
  readonly revocation?: { readonly reads?: number; readonly ms?: number };
  /** Forces every page to this size at most. */
  readonly pageSize?: number;
  /** How far reads are behind. Default: not at all. */
  readonly lag?: Lag;
  /** Operations that answer 404 instead of 403 when a permission is missing. */
  readonly hides?: RegExp;
  /** Calls an hour and caller. Default 5,000. */
  readonly hourlyLimit?: number;
  /** Throttles this share of calls, the same ones for the same seed. */
  readonly throttleShare?: GithubThrottle & { readonly share: number; readonly seed?: number };
  /** Epoch milliseconds. Default `Date.now`. */
  readonly clock?: () => number;
}

/** What holds for the whole fake; the address and the enterprise's owners come later. */
export function settingsOf(options: FakeGithubOptions, world: World): Omit<Settings, "enterpriseOwnerIds"> {
  const { reads = options.revocation?.ms === undefined ? 1 : 0, ms = 0 } = options.revocation ?? {};
  return {
    apiUrl: "",
    organization: { id: world.newId(), login: options.organization ?? "acme" },
    enterprise: { id: world.newId(), slug: options.enterprise ?? "acme-inc" },
    basePermission: options.basePermission ?? null,
    requiresSso: options.requiresSso ?? false,
    managesUsers: options.managesUsers ?? false,
    revocation: { reads, ms },
    pageSize: options.pageSize ?? null,
  };
}
