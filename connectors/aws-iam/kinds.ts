import type { Kind } from "../contract/connector.ts";
import { discoverBoundary, verifyBoundary } from "./boundary.ts";
import { denyEverything, unfreezeUser } from "./freeze.ts";
import { attachedPolicies, groupMemberships, inlinePolicies } from "./grants.ts";
import { disableHeld, discoverHeld, restoreHeld, revokeHeld, verifyHeld } from "./held.ts";
import type { HeldKind } from "./held.ts";
import { discoverSessions, revokeSessions, verifySessions } from "./live-sessions.ts";
import type { IamSession } from "./session.ts";
import { loginProfiles, mfaDevices } from "./sign-in.ts";
import { accessKeys, serviceCredentials, signingCertificates, sshPublicKeys } from "./switchable.ts";
import { discoverTrust, verifyTrust } from "./trust-policies.ts";
import { deleteUser, disableUser, discoverUser, verifyUser } from "./user-itself.ts";
import { holderOf } from "./users.ts";

/**
 * IAM is eventually consistent and names no time; a look is believed after this, and two of them have to agree.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const settleMs = 15_000;

type About = Pick<Kind<IamSession>, "title" | "stops" | "sideEffects" | "after">;

const credentials = [accessKeys, loginProfiles, serviceCredentials, sshPublicKeys, signingCertificates].map(
  ({ kind }) => kind,
);
const grants = [groupMemberships, attachedPolicies, inlinePolicies].map(({ kind }) => kind);

/**
 * Sessions first: they are what the leaver works with now. Permissions after credentials, since some of them deny. The user
 * last, when nothing is left that IAM would refuse its deletion for.
 */
export const kinds = {
  session: {
    title: "Live session of the user's keys",
    strategy: "delete",
    risk: "write",
    stops: "live-sessions",
    sideEffects: ["Everything that works with a key or session of this user stops at once"],
    reversible: true,
    settleMs,
    discover: (session, account) => discoverSessions(account, session),
    disable: (session, finding) => denyEverything(holderOf(finding), session),
    restore: (session, finding) => unfreezeUser(holderOf(finding), session),
    revoke: (session, finding) => revokeSessions(finding, session),
    verify: (session, finding, probe) => verifySessions(finding, probe, session),
  },
  "access-key": switchedOff(accessKeys, {
    title: "Access key",
    stops: "new-logins",
    after: ["session"],
    sideEffects: ["Software that signs with this key stops"],
  }),
  "login-profile": ended(loginProfiles, { title: "Console password", stops: "new-logins", after: ["session"] }),
  "service-specific-credential": switchedOff(serviceCredentials, {
    title: "Credential for one service (CodeCommit, Keyspaces, Bedrock)",
    stops: "both",
    after: ["session"],
  }),
  "ssh-public-key": switchedOff(sshPublicKeys, { title: "SSH public key", stops: "both", after: ["session"] }),
  "signing-certificate": switchedOff(signingCertificates, {
    title: "X.509 signing certificate",
    stops: "both",
    after: ["session"],
  }),
  "mfa-device": ended(mfaDevices, { title: "MFA device", stops: "new-logins", after: credentials }),
  "group-membership": ended(groupMemberships, {
    title: "Group membership",
    stops: "both",
    after: [...credentials, mfaDevices.kind],
  }),
  "attached-policy": ended(attachedPolicies, {
    title: "Attached managed policy",
    stops: "both",
    after: [...credentials, mfaDevices.kind],
  }),
  "inline-policy": ended(inlinePolicies, {
    title: "Inline policy",
    stops: "both",
    after: [...credentials, mfaDevices.kind],
  }),
  "permissions-boundary": {
    title: "Permissions boundary, which restrains",
    strategy: "report",
    risk: "read",
    stops: "both",
    reversible: false,
    settleMs,
    discover: (session, account) => discoverBoundary(account, session),
    verify: (session, finding) => verifyBoundary(finding, session),
  },
  "trust-policy": {
    title: "Role that trusts the user by name",
    strategy: "report",
    risk: "write",
    stops: "both",
    reversible: false,
    settleMs,
    discover: (session, account) => discoverTrust(account, session),
    verify: (session, finding) => verifyTrust(finding, session),
  },
  user: {
    title: "IAM user",
    strategy: "disable-then-delete",
    principal: true,
    risk: "write",
    stops: "both",
    sideEffects: ["Policies elsewhere that name this user keep its id, which nobody has again"],
    after: ["session", ...credentials, mfaDevices.kind, ...grants],
    reversible: true,
    settleMs,
    discover: (session, account) => discoverUser(account, session),
    disable: (session, finding) => disableUser(finding, session),
    restore: (session, finding) => unfreezeUser(holderOf(finding), session),
    revoke: (session, finding) => deleteUser(finding, session),
    verify: (session, finding) => verifyUser(finding, session),
  },
} as const satisfies Readonly<Record<string, Kind<IamSession>>>;

/** Ended at once: IAM has no way to switch it off. */
function ended(held: HeldKind, about: About): Kind<IamSession> {
  return {
    ...about,
    strategy: "delete",
    risk: "write",
    reversible: false,
    settleMs,
    discover: (session, account) => discoverHeld(held, account, session),
    revoke: (session, finding) => revokeHeld(held, finding, session),
    verify: (session, finding, probe) => verifyHeld(held, finding, probe, session),
  };
}

/** Switched off before it is deleted, and on again as long as it is not. */
function switchedOff(held: HeldKind, about: About): Kind<IamSession> {
  return {
    ...ended(held, about),
    strategy: "disable-then-delete",
    reversible: true,
    disable: (session, finding) => disableHeld(held, finding, session),
    restore: (session, finding) => restoreHeld(held, finding, session),
  };
}
