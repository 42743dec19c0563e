import { ConnectorError } from "../contract/error.ts";
import { covers, ownScopesOf } from "../vendors/github/index.ts";
import type { Credential, PermissionName } from "../vendors/github/index.ts";
import type { GithubClient } from "./client/index.ts";

/** Who we are within the organization. */
export interface Standing {
  /** Whose token it is, by id; null for an App. Nothing is ever done to this account. */
  ownUserId: string | null;
  /** Every repository is shown to us, so that one which is not shown is not there. */
  seesAllRepositories: boolean;
}

export interface Inside {
  /**
   * That our credential stands within the organization, found out once in a session. To outsiders GitHub shows the
   * organization, its public members and its public repositories with a 200, so that a listing read by one would look
   * whole and be none.
   * @throws {ConnectorError} `not-visible`, `unauthorized` or `forbidden`, saying what is wrong.
   */
  standing(): Promise<Standing>;
  /**
   * That the organization is there right now. After a 404, this and `standing` are what make absence of it.
   * @throws {ConnectorError} `not-visible`.
   */
  requireOrganization(): Promise<void>;
  /** Whether an App was given a permission; of a token, null: what it may do is its owner's affair. */
  isGranted(permission: PermissionName, level: "read" | "write"): Promise<boolean | null>;
}

interface InsideDeps {
  github: GithubClient;
  credential: Credential;
  target: string;
  org: string;
  installationId: number | undefined;
}

export function createInside({ github, credential, target, org, installationId }: InsideDeps): Inside {
  const failed = (code: "not-visible" | "unauthorized" | "forbidden", operation: string, what: string) =>
    new ConnectorError(code, `${target}: ${what}`, { target, operation });
  let found: Promise<Standing> | null = null;

  async function requireOrganization(): Promise<void> {
    const shown = await github.organization();
    if (shown !== null && isSame(shown.login, org)) return;
    throw failed("not-visible", "getOrganization", `the organization ${org} cannot be seen: check org and baseUrl`);
  }

  async function asApp(): Promise<Standing> {
    const ours = await github.ownInstallation();
    if (ours === null || ours.id !== installationId) {
      const what = `the installation ${installationId} of our App is not on the organization ${org}: check installationId`;
      throw failed("unauthorized", "getOrganizationInstallation", what);
    }
    if (!(await isGranted("members", "read"))) {
      throw failed(
        "forbidden",
        "createInstallationToken",
        "our App was not given members=read, without which nobody is seen",
      );
    }
    const seesAll = credential.kind === "app" && (await credential.installation()).allRepositories;
    return { ownUserId: null, seesAllRepositories: seesAll };
  }

  async function asUser(): Promise<Standing> {
    const { body: own, headers } = await github.ownUser();
    const membership = own === null ? null : await github.membership(own.login);
    if (own === null || membership?.state !== "active" || membership.role !== "admin") {
      const what = `our token's user is no owner of the organization ${org}, and does not see all of it`;
      throw failed("forbidden", "getMembership", what);
    }
    // A fine-grained token tells no scopes, and may be for some repositories alone.
    const seesAll = ownScopesOf(headers)?.includes("repo") ?? false;
    return { ownUserId: String(own.id), seesAllRepositories: seesAll };
  }

  async function isGranted(permission: PermissionName, level: "read" | "write"): Promise<boolean | null> {
    if (credential.kind === "token") return null;
    return covers((await credential.installation()).permissions[permission], level);
  }

  return {
    requireOrganization,
    isGranted,
    async standing() {
      found ??= requireOrganization().then(credential.kind === "app" ? asApp : asUser);
      try {
        return await found;
      } catch (thrown) {
        found = null; // what is mended meanwhile is seen by the next call
        throw thrown;
      }
    },
  };
}

/** GitHub's logins and names are told apart without regard to letter case. */
export function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
