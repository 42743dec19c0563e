import type { ConnectorContext } from "../contract/connector.ts";
import { openGithubApi } from "../vendors/github/index.ts";
import type { Credential } from "../vendors/github/index.ts";
import type { CiSecretsSecrets, CiSecretsSettings } from "./config.ts";
import type { CiDeps } from "./deps.ts";
import { createGithubClient } from "./github/client.ts";
import { identitiesPage } from "./github/identities.ts";
import { openAwsAccessKeys } from "./issuers/aws-access-key.ts";
import type { Issuers } from "./issuers/issuer.ts";
import { openKongKeys } from "./issuers/kong-key.ts";
import { Looks } from "./looks.ts";
import { tryOldValueOver } from "./old-value.ts";

export interface CiSession extends CiDeps {
  credential: Credential;
}

type CiContext = ConnectorContext<CiSecretsSettings, CiSecretsSecrets>;

/** Opens GitHub and the issuers that are configured. Nothing is sent yet. */
export async function openSession(context: CiContext): Promise<CiSession> {
  const { target, settings, http, clock } = context;
  const api = await openGithubApi(context);
  return {
    github: createGithubClient(api, settings.org),
    identities: (where, cursor) => identitiesPage(api, { ...where, pageSize: settings.pageSize }, cursor),
    issuers: await openIssuers(context),
    looks: new Looks(),
    tryOldValue: tryOldValueOver(http),
    credential: api.credential,
    target,
    settings,
    clock,
  };
}

async function openIssuers(context: CiContext): Promise<Issuers> {
  const { settings, secrets } = context;
  const aws = settings.aws === undefined ? null : await openAwsAccessKeys({ ...context, settings: settings.aws });
  const kong =
    settings.kong === undefined
      ? null
      : openKongKeys({ ...context, settings: settings.kong, secrets: { adminToken: secrets.kongAdminToken } });
  return (kind) => {
    const issuer = kind === "kong-key" ? kong : aws;
    if (issuer === null) throw new TypeError(`settings name no ${kind}`); // their schema asks for it beside such a plan
    return issuer;
  };
}
