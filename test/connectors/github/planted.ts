import type { FakeGithub } from "../../../connectors/testkit/fakes/github/index.ts";
import type { Kind, RowId } from "../../../connectors/testkit/fakes/github/index.ts";
import type { Item } from "../../../connectors/testkit/conformance/index.ts";

/** People of the organization acme, each with something of every kind. */
export const leaver = "leaver";
export const bystander = "bystander";
export const lookAlikes = ["leaver2", "leaver-ci"];

export const robin = {
  id: "11111111-2222-4333-8444-555555555555",
  userName: "leaver@example.com",
  externalId: "e-100",
  emails: ["leaver@example.com"],
};

/** Texts that must never be seen anywhere. */
export function canariesOf(login: string): readonly string[] {
  return [`ghp_canary_sso_of_${login}`, `ghp_canary_classic_of_${login}`, `github_pat_canary_of_${login}`];
}

/**
 * What the repositories, teams and roles are that `plantPerson` gives access to.
 *
 * @param logins who is in the teams and holds the role from the start; others are let in by `plantPerson`.
 */
export function plantGround(fake: FakeGithub, logins: readonly string[] = []): void {
  fake.plant({
    repositories: [{ name: "api" }, { name: "site", visibility: "public" }, { name: "docs.internal" }],
    teams: [
      { slug: "staff", members: logins, repositories: { api: "push" } },
      { slug: "ops", members: logins, repositories: { site: "admin" } },
    ],
    organizationRoles: [{ name: "security_manager", source: "Predefined", baseRole: "read", users: logins }],
  });
}

/**
 * Something of every kind. GitHub would not invite a member; the fake shows both, so that one account can have both.
 *
 * @param ssoName how the identity provider names the person; left out: not at all.
 */
export async function plantPerson(fake: FakeGithub, login: string, ssoName?: string): Promise<void> {
  const [sso = "", classic = "", fineGrained = ""] = canariesOf(login);
  fake.plant({
    members: [{ login }],
    collaborators: [
      { repository: "api", login, role: "admin" },
      { repository: "docs.internal", login, role: "pull" },
    ],
    organizationInvitations: [{ login, role: "admin" }],
    repositoryInvitations: [{ repository: "site", login, role: "push" }],
    sshKeys: [{ login, title: "laptop" }],
    tokens: [
      { login, name: "sso", value: sso, scopes: ["repo"] },
      { login, name: "classic", value: classic, scopes: ["repo"] },
      {
        login,
        name: "fine",
        type: "fine-grained",
        value: fineGrained,
        permissions: { contents: "write", administration: "write" },
      },
      { login, name: "wish", type: "fine-grained", permissions: { contents: "read" } },
    ],
    credentialAuthorizations: [
      { login, token: "sso" },
      { login, sshKey: "laptop" },
    ],
    grants: [{ login, token: "fine" }],
    grantRequests: [{ login, token: "wish", reason: "nightly build" }],
    deployKeys: [
      { repository: "api", title: "deploy", addedBy: login, madeWith: "classic" },
      { repository: "site", title: "mirror", addedBy: login, isReadOnly: true },
    ],
    runners: [{ name: `box-${login}`, setUpBy: login, labels: ["gpu", login] }],
    ...(ssoName === undefined ? {} : { externalIdentities: [{ login, nameId: ssoName, scimUserName: ssoName }] }),
  });
  const { organizationRoles, organizationRoleUsers } = fake.state();
  if (organizationRoleUsers.some(({ userId }) => userId === fake.user(login).id)) return;
  for (const slug of ["staff", "ops"]) await join(fake, `orgs/acme/teams/${slug}/memberships/${login}`);
  await join(fake, `orgs/acme/organization-roles/users/${login}/${organizationRoles[0]?.id}`);
  fake.clearCalls();
}

async function join(fake: FakeGithub, path: string): Promise<void> {
  const reply = await fetch(`${fake.url}/${path}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${fake.adminToken}` },
  });
  if (!reply.ok) throw new Error(`${path} could not be planted: ${reply.status}`);
}

export function accountOf(fake: FakeGithub, login: string) {
  return { id: String(fake.user(login).id), label: login };
}

/** How the connector names what the fake holds; null for what belongs to no kind of it. */
export function itemOf(fake: FakeGithub, login: string, { kind, id }: { kind: Kind; id: RowId }): Item | null {
  const ref = String(id).replace(":", "/");
  const userId = String(fake.user(login).id);
  switch (kind) {
    case "memberships":
      return { kind: "org-membership", ref };
    case "tokens":
      return isClassic(fake, id) ? { kind: "classic-token", ref: userId } : null;
    case "runners":
      return { kind: "runner", ref };
    default: {
      const name = kindNames[kind];
      return name === undefined ? null : { kind: name, ref };
    }
  }
}

const kindNames: Readonly<Partial<Record<Kind, string>>> = {
  credentialAuthorizations: "sso-authorization",
  grants: "fine-grained-token",
  grantRequests: "token-request",
  organizationRoleUsers: "org-role",
  teamMembers: "team-membership",
  organizationInvitations: "org-invitation",
  collaborators: "repo-collaborator",
  repositoryInvitations: "repo-invitation",
  deployKeys: "deploy-key",
};

function isClassic(fake: FakeGithub, id: RowId): boolean {
  return fake.state().tokens.some((token) => token.id === id && token.type === "classic");
}

/** All of a person's that works, as the connector would name it. */
export function aliveOf(fake: FakeGithub, login: string): readonly Item[] {
  const items = fake.aliveOf(login).flatMap((ref) => itemOf(fake, login, ref) ?? []);
  return [...new Map(items.map((item) => [`${item.kind}/${item.ref}`, item])).values()];
}
