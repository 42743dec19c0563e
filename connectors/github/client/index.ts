import type { z } from "zod";
import type { GithubApi } from "../../vendors/github/index.ts";
import { installation, user } from "../schema.ts";
import { createCaller } from "./call.ts";
import { identityCalls } from "./identities.ts";
import { peopleCalls } from "./people.ts";
import { repositoryCalls } from "./repositories.ts";
import { teamCalls } from "./teams.ts";
import { tokenCalls } from "./tokens.ts";

export type { Deletion } from "./call.ts";
export { identityReads } from "./identities.ts";

export type GithubClient = ReturnType<typeof createGithubClient>;

/** One method per endpoint, one page per call. What a 404 proves is for the caller to find out. */
export function createGithubClient(api: GithubApi, { org, pageSize }: { org: string; pageSize: number }) {
  const caller = createCaller(api);
  return {
    ...peopleCalls(caller, org),
    ...teamCalls(caller, org),
    ...tokenCalls(caller, api, org),
    ...repositoryCalls(caller, api, org),
    ...identityCalls(api, pageSize),

    /** Whose token ours is, and the headers that tell its scopes. */
    ownUser: () => api.send({ operation: "getAuthenticatedUser", route: "GET /user", schema: user }),

    /** As the App: its installation on this organization; null when there is none, or no App. */
    async ownInstallation(): Promise<z.output<typeof installation> | null> {
      if (api.sendAsApp === null) return null;
      const operation = "getOrganizationInstallation";
      const route = "GET /orgs/{org}/installation";
      return (await api.sendAsApp({ operation, route, parameters: { org }, schema: installation, expect: [404] })).body;
    },
  };
}
