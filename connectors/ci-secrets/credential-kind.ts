import type { Kind } from "../contract/connector.ts";
import { discoverCredentials } from "./credential-discover.ts";
import { verifyCredential } from "./credential-verify.ts";
import type { CiDeps } from "./deps.ts";
import { rotation } from "./rotate.ts";

/** IAM and Kong's nodes both take a while to agree; IAM gives no figure. */
const settleMs = 15_000;

/** Credentials that a plan names: replaced from here, in every secret that holds one. */
export const credential: Kind<CiDeps> = {
  title: "Credential in CI secrets that the user could read",
  strategy: "rotate",
  risk: "write",
  sideEffects: ["Every secret that the plan names is given a new value; what holds a copy elsewhere stops working"],
  stops: "both",
  reversible: false,
  settleMs,
  discover: discoverCredentials,
  rotate: rotation,
  verify: verifyCredential,
};
