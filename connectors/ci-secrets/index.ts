import type { Connector, ConnectorContext } from "../contract/connector.ts";
import { iamOrigin, serviceOrigin } from "../vendors/aws/endpoints.ts";
import { stsReads } from "../vendors/aws/sts.ts";
import { credentialReads, githubLimits } from "../vendors/github/index.ts";
import { findAccount, listAccounts } from "./accounts.ts";
import { checkCiSecrets } from "./check.ts";
import { ciSecretsSecrets, ciSecretsSettings } from "./config.ts";
import type { CiSecretsSecrets, CiSecretsSettings } from "./config.ts";
import { credential } from "./credential-kind.ts";
import { exposure } from "./exposure-kind.ts";
import { identityReads } from "./github/identities.ts";
import { iamReads } from "./issuers/aws-access-key.ts";
import { openSession } from "./open.ts";
import type { CiSession } from "./open.ts";
import { permissions } from "./permissions.ts";
import { secret } from "./secret-kind.ts";

/** GitHub's CI secrets that a leaver could read, and their replacement. */
export const ciSecrets: Connector<CiSecretsSettings, CiSecretsSecrets, CiSession> = {
  id: "ci-secrets",
  apiVersion: 1,
  version: "0.1.0",
  title: "CI secrets (GitHub)",
  settings: ciSecretsSettings,
  secrets: ciSecretsSecrets,
  permissions,
  limits: githubLimits,
  origins,
  reads: [...credentialReads, ...identityReads, ...stsReads, ...iamReads],
  ssoLinks: true,
  open: (context: ConnectorContext<CiSecretsSettings, CiSecretsSecrets>) => openSession(context),
  check: (session) => checkCiSecrets(session, session.credential),
  accounts: listAccounts,
  account: findAccount,
  // The order counts: `exposure` surveys, the others list what it saw.
  kinds: { exposure, credential, secret },
};

/** GitHub first; then the issuers, and where keys and old values are tried. */
function origins({ baseUrl, aws, kong, probes }: CiSecretsSettings): readonly string[] {
  const urls = [
    baseUrl,
    ...(kong === undefined ? [] : [kong.adminUrl, kong.probeUrl]),
    ...probes.map(({ url }) => url),
  ];
  const ofAws = aws === undefined ? [] : [iamOrigin(aws), serviceOrigin("sts", aws)];
  return [...new Set([...urls.map((url) => new URL(url).origin), ...ofAws])];
}
