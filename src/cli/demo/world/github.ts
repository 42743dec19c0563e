import { startFakeGithub } from "../../../../connectors/testkit/fakes/github/index.ts";
import type { FakeGithub, PlantedApp } from "../../../../connectors/testkit/fakes/github/index.ts";
import { bystander, leaver, loginName } from "./people.ts";

/** The demo's organization at GitHub, with the secrets of its builds. */
export interface DemoGithub {
  github: FakeGithub;
  app: PlantedApp;
  bystanderBefore: string;
}

/** Secrets of the builds: an AWS key as `id:secret`, and a key of the gateway. */
export const buildSecrets = { aws: "AWS_DEPLOY", gateway: "GATEWAY_KEY" } as const;

const repositories = ["web", "api"] as const;

/** What our App may do: what the connectors github and ci-secrets ask for, together. */
const permissions = {
  metadata: "read",
  members: "write",
  administration: "write",
  actions: "read",
  environments: "write",
  secrets: "write",
  dependabot_secrets: "write",
  codespaces_secrets: "write",
  organization_secrets: "write",
  organization_dependabot_secrets: "write",
  organization_codespaces_secrets: "write",
  organization_administration: "write",
  organization_custom_org_roles: "read",
  organization_personal_access_tokens: "write",
  organization_personal_access_token_requests: "write",
  organization_self_hosted_runners: "read",
} as const;

/** An organization with the two people, two repositories, and two secrets that both could have a workflow tell. */
export async function startGithub(values: { aws: string; gateway: string }): Promise<DemoGithub> {
  const github = await startFakeGithub();
  const [leaving, staying] = [leaver, bystander].map(loginName);
  if (leaving === undefined || staying === undefined) throw new Error("the demo has lost its people");
  github.plant({
    users: [leaving, staying].map((login) => ({ login })),
    members: [{ login: leaving }, { login: staying }],
    externalIdentities: [
      { login: leaving, nameId: leaver.userName },
      { login: staying, nameId: bystander.userName },
    ],
    repositories: repositories.map((name) => ({ name })),
    teams: [{ slug: "frontend", repositories: { web: "push" } }],
    teamMembers: [leaving, staying].map((login) => ({ team: "frontend", login })),
    collaborators: [{ repository: "api", login: leaving, role: "admin" }],
    sshKeys: [{ login: leaving, title: "laptop" }],
    tokens: [
      { login: leaving, name: "scripts", scopes: ["repo"] },
      { login: leaving, name: "bot", type: "fine-grained", permissions: { contents: "write", metadata: "read" } },
    ],
    credentialAuthorizations: [
      { login: leaving, token: "scripts" },
      { login: leaving, sshKey: "laptop" },
    ],
    grants: [{ login: leaving, token: "bot", repositories: ["api"] }],
    deployKeys: [{ repository: "api", title: "robin deploys", addedBy: leaving }],
    secrets: [
      { name: buildSecrets.aws, value: values.aws },
      { name: buildSecrets.gateway, repository: "web", value: values.gateway },
    ],
  });
  return { github, app: github.plantApp(permissions), bystanderBefore: github.stateOf(staying) };
}
