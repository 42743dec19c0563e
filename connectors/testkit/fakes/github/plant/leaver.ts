import type { FakeGithub } from "../fake-github.ts";
import type { Ref } from "../rows.ts";
import type { Planted, Plants } from "./plants.ts";

/** Somebody about to leave, a look-alike and a bystander who hold as much. */
export interface PlantedLeaver {
  readonly login: string;
  readonly userId: number;
  /** The name id of the leaver's SAML identity. */
  readonly nameId: string;
  readonly lookAlike: string;
  readonly bystander: string;
  /** All that the leaver holds and that gives access. */
  readonly holds: readonly Ref[];
  readonly planted: Planted;
}

export interface LeaverOptions {
  /** Not a member: an outside collaborator on two repositories. */
  readonly isOutside?: boolean;
  /** A member by this enterprise team as well. */
  readonly enterpriseTeam?: string;
}

/**
 * Plants `login` with one of everything: a SAML identity; membership, two teams and an organization role; direct access
 * to two repositories, an invitation to a third and a private fork; deploy keys on two repositories, one made with a
 * token; a token and an SSH key through single sign-on, a classic token without; a grant of a fine-grained token, and a
 * request for another; a self-hosted runner. So are `<login>2`, whose name begins alike, and `bystander`.
 */
export function plantLeaver(
  fake: Pick<FakeGithub, "plant" | "state" | "user" | "aliveOf">,
  login: string,
  options: LeaverOptions = {},
): PlantedLeaver {
  const names = { lookAlike: `${login}2`, bystander: "bystander" };
  if (!fake.state().repositories.some((one) => one.name === "infra")) fake.plant(surroundings);
  const planted = fake.plant(options.isOutside === true ? outsideHoldings(login) : holdings(login));
  const known = new Set(fake.state().users.map((user) => user.login));
  for (const other of Object.values(names)) if (!known.has(other)) fake.plant(holdings(other));
  const { enterpriseTeam } = options;
  if (enterpriseTeam !== undefined) fake.plant({ enterpriseTeams: [{ slug: enterpriseTeam, members: [login] }] });
  const holds = fake.aliveOf(login);
  return { login, userId: fake.user(login).id, nameId: `${login}@example.com`, ...names, holds, planted };
}

const surroundings: Plants = {
  repositories: [{ name: "api" }, { name: "web" }, { name: "infra" }, { name: "site", visibility: "public" }],
  teams: [
    { slug: "platform", repositories: { infra: "admin" } },
    { slug: "frontend", repositories: { web: "push" } },
  ],
  organizationRoles: [{ name: "security_manager", baseRole: "read", source: "Predefined" }],
};

/** What a member holds, named after the login so that nobody's is another's. */
function holdings(login: string): Plants {
  const outside = outsideHoldings(login);
  return {
    ...outside,
    members: [{ login }],
    externalIdentities: [{ login, nameId: `${login}@example.com` }],
    teamMembers: [
      { team: "platform", login },
      { team: "frontend", login, role: "maintainer" },
    ],
    organizationRoleUsers: [{ role: "security_manager", login }],
    repositories: [{ name: "api", owner: login, forkOf: "api" }],
    sshKeys: [{ login, title: "laptop" }],
    tokens: [
      ...(outside.tokens ?? []),
      { login, name: "laptop", scopes: ["repo", "read:org"] },
      { login, name: "bot", type: "fine-grained", permissions: { contents: "write", metadata: "read" } },
      { login, name: "next bot", type: "fine-grained", permissions: { members: "read", metadata: "read" } },
    ],
    credentialAuthorizations: [
      { login, token: "laptop" },
      { login, sshKey: "laptop" },
    ],
    grants: [{ login, token: "bot", repositories: ["api"] }],
    grantRequests: [{ login, token: "next bot", reason: "reports" }],
    runners: [{ name: `${login}-desk`, setUpBy: login }],
  };
}

function outsideHoldings(login: string): Plants {
  return {
    users: [{ login, name: `${login} Sample` }],
    collaborators: [
      { repository: "api", login, role: "admin" },
      { repository: "web", login, role: "push" },
    ],
    repositoryInvitations: [{ repository: "infra", login, role: "triage" }],
    tokens: [{ login, name: "old script", scopes: ["repo"] }],
    deployKeys: [
      { repository: "api", title: `${login} deploys`, addedBy: login, madeWith: "old script" },
      { repository: "web", title: `${login} reads`, addedBy: login, isReadOnly: true },
    ],
  };
}
