import type { Handler } from "../act.ts";
import { accessKeyActions } from "./access-keys.ts";
import { accountActions } from "./account-wide.ts";
import { certificateActions } from "./certificates.ts";
import { groupActions } from "./groups.ts";
import { loginProfileActions } from "./login-profiles.ts";
import { mfaDeviceActions } from "./mfa-devices.ts";
import { roleActions } from "./roles.ts";
import { serviceCredentialActions } from "./service-credentials.ts";
import { simulationActions } from "./simulate.ts";
import { sshKeyActions } from "./ssh-keys.ts";
import { stsActions } from "./sts.ts";
import { userPolicyActions } from "./user-policies.ts";
import { userActions } from "./users.ts";

/** What each action does. Their parameters and permissions are in `reference.ts`. */
export const handlers: Readonly<Record<string, Handler>> = {
  ...userActions,
  ...accessKeyActions,
  ...loginProfileActions,
  ...serviceCredentialActions,
  ...sshKeyActions,
  ...certificateActions,
  ...mfaDeviceActions,
  ...groupActions,
  ...userPolicyActions,
  ...roleActions,
  ...accountActions,
  ...simulationActions,
  ...stsActions,
};
