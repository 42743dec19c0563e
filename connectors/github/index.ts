import type { Connector, ConnectorContext } from "../contract/connector.ts";
import { credentialReads, githubLimits, openGithubApi } from "../vendors/github/index.ts";
import { checkGithub } from "./check.ts";
import { createGithubClient, identityReads } from "./client/index.ts";
import { githubSecrets, githubSettings } from "./config.ts";
import type { GithubSecrets, GithubSettings } from "./config.ts";
import type { GithubDeps } from "./deps.ts";
import { createInside } from "./inside.ts";
import { kinds } from "./kinds/index.ts";
import { permissions } from "./permissions.ts";
import { findPrincipal, listPrincipals } from "./principals.ts";
import { createRepositoryList } from "./repository-list.ts";

/** An organization at GitHub: who belongs to it, and what reaches it on their behalf. It has no freeze (README.md). */
export const github: Connector<GithubSettings, GithubSecrets, GithubDeps> = {
  id: "github",
  apiVersion: 1,
  version: "0.1.0",
  title: "GitHub organization",
  settings: githubSettings,
  secrets: githubSecrets,
  permissions,
  limits: githubLimits,
  origins: ({ baseUrl }) => [new URL(baseUrl).origin],
  reads: [...credentialReads, ...identityReads],
  open: openGithub,
  check: checkGithub,
  ssoLinks: true,
  accounts: listPrincipals,
  account: (deps, id) => findPrincipal(id, deps),
  kinds,
};

/** Nothing is sent yet. */
async function openGithub(context: ConnectorContext<GithubSettings, GithubSecrets>): Promise<GithubDeps> {
  const { target, settings, clock, log } = context;
  const { org, installationId } = settings;
  const api = await openGithubApi(context);
  const client = createGithubClient(api, settings);
  const { credential } = api;
  return {
    github: client,
    credential,
    inside: createInside({ github: client, credential, target, org, installationId }),
    repositories: createRepositoryList(client, target),
    target,
    settings,
    clock,
    log,
  };
}
