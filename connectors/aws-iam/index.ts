import type { Connector } from "../contract/connector.ts";
import { iamOrigin, serviceOrigin } from "../vendors/aws/endpoints.ts";
import { checkAccount } from "./check.ts";
import { iamSecrets, iamSettings } from "./config.ts";
import type { IamSecrets, IamSettings } from "./config.ts";
import { freezeUser, unfreezeUser } from "./freeze.ts";
import { kinds } from "./kinds.ts";
import { permissions, reads } from "./permissions.ts";
import { findPrincipal, listPrincipals } from "./principals.ts";
import { openSession } from "./session.ts";
import type { IamSession } from "./session.ts";

/** IAM users of one AWS account. */
export const awsIam: Connector<IamSettings, IamSecrets, IamSession> = {
  id: "aws-iam",
  apiVersion: 1,
  version: "0.1.0",
  title: "AWS IAM users",
  settings: iamSettings,
  secrets: iamSecrets,
  permissions,
  // AWS publishes no figure: each operation has buckets of its own, for the whole account and everybody who works there
  // (https://aws.amazon.com/blogs/security/how-to-monitor-and-query-iam-resources-at-scale-part-2/). The default share of
  // this is 5 a second.
  limits: () => ({ perSecond: 20, burst: 20, scope: "account" }),
  origins: (settings) => [...new Set([iamOrigin(settings), serviceOrigin("sts", settings)])],
  reads,
  open: openSession,
  check: checkAccount,
  accounts: listPrincipals,
  account: (session, id) => findPrincipal(id, session),
  freeze: (session, account) => freezeUser(account, session),
  unfreeze: (session, account) => unfreezeUser(account, session),
  kinds,
};
