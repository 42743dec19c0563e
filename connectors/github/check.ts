import type { CheckReport } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import { ownScopesOf, permissionNames } from "../vendors/github/index.ts";
import type { PermissionName } from "../vendors/github/index.ts";
import type { GithubDeps } from "./deps.ts";
import { permissions } from "./permissions.ts";

type CheckFinding = CheckReport["findings"][number];

const ok = (what: string): CheckFinding => ({ level: "ok", what, fix: null });

/** Reads only: who we are, whether we stand within the organization, what we may do there, and what names its people. */
export async function checkGithub(deps: GithubDeps): Promise<CheckReport> {
  const findings: CheckFinding[] = [];
  for (const part of [checkStanding, checkPermissions, checkSingleSignOn]) {
    const found = await part(deps).catch(toFinding);
    findings.push(...found);
    if (part === checkStanding && found.some(({ level }) => level === "error")) break; // the rest would only say so again
  }
  return { ok: findings.every(({ level }) => level !== "error"), findings };
}

/** What cannot be looked at is a finding too; anything but a failed exchange is our bug. */
function toFinding(thrown: unknown): readonly CheckFinding[] {
  if (!(thrown instanceof ConnectorError)) throw thrown;
  return [{ level: "error", what: thrown.message, fix: fixes[thrown.code] ?? null }];
}

const fixes: Readonly<Partial<Record<string, string>>> = {
  unauthorized:
    "Check appId, installationId and secrets.privateKey, or secrets.token, and that they are this organization's",
  "not-visible": "Check baseUrl and org",
  forbidden: "Use an App with the permissions of policies/read.json, or the token of an organization owner",
};

async function checkStanding({ inside, credential, settings }: GithubDeps): Promise<readonly CheckFinding[]> {
  const { seesAllRepositories } = await inside.standing();
  const who = credential.kind === "app" ? `GitHub App ${settings.appId}` : "the token of an owner";
  const found = [ok(`${who} stands within the organization ${settings.org}`)];
  if (seesAllRepositories) return found;
  const what = "our credential may be for some repositories alone: one that it does not show proves nothing";
  const fix = "Install the App on all repositories, or use a classic token with the scope repo";
  return [...found, { level: "warning", what, fix }];
}

async function checkPermissions(deps: GithubDeps): Promise<readonly CheckFinding[]> {
  return deps.credential.kind === "app" ? checkGranted(deps) : checkToken(deps);
}

/** Without a permission to read, something stays unseen; without one to write, it can only be seen. */
async function checkGranted({ inside }: GithubDeps): Promise<readonly CheckFinding[]> {
  const found: CheckFinding[] = [];
  for (const { name, for: purpose, why } of permissions) {
    const [permission = "", level = ""] = name.split("=");
    if (!isKnown(permission)) throw new RangeError(`${name} is no permission of an App`);
    if (await inside.isGranted(permission, level === "write" ? "write" : "read")) continue;
    const isRead = purpose === "read";
    const what = `our App was not given ${name}, which ${why}`;
    const fix = `Add it to the App, and accept it for the organization${isRead ? "" : ", before the mode enforce"}`;
    found.push({ level: isRead ? "error" : "warning", what, fix });
  }
  return found.length === 0 ? [ok("our App has every permission")] : found;
}

function isKnown(name: string): name is PermissionName {
  return permissionNames.some((known) => known === name);
}

async function checkToken({ github }: GithubDeps): Promise<readonly CheckFinding[]> {
  const scopes = ownScopesOf((await github.ownUser()).headers);
  const apps: CheckFinding = {
    level: "warning",
    what: "fine-grained tokens and requests for them can be seen and ended by a GitHub App alone",
    fix: "Use an App: settings.appId, settings.installationId, secrets.privateKey",
  };
  if (scopes === null) {
    const what = "the token is fine-grained: GitHub does not tell what it may do before it is used";
    return [apps, { level: "warning", what, fix: "Compare it with the permissions in README.md, or use an App" }];
  }
  const missing = ["admin:org", "repo"].filter((scope) => !scopes.includes(scope));
  return [
    apps,
    ...missing.map((scope): CheckFinding => {
      return { level: "error", what: `the token lacks the scope ${scope}`, fix: `Add ${scope} to the token` };
    }),
    ...(missing.length === 0 ? [ok("the token has the scopes admin:org and repo")] : []),
  ];
}

async function checkSingleSignOn({ github, settings }: GithubDeps): Promise<readonly CheckFinding[]> {
  const { org, enterprise } = settings;
  const found: CheckFinding[] = [];
  if ((await github.organizationIdentities(org, null)) !== null) found.push(ok(`SAML of the organization ${org}`));
  if (enterprise !== undefined) {
    const shown = (await github.enterpriseIdentities(enterprise, null)) !== null;
    const what = `SAML of the enterprise ${enterprise} is not shown to our credential, or is off`;
    const fix = "Use the token of an enterprise owner with the scope read:enterprise, or leave out `enterprise`";
    found.push(shown ? ok(`SAML of the enterprise ${enterprise}`) : { level: "error", what, fix });
  }
  if (found.length > 0) return found;
  const what = "no SAML single sign-on is shown: people are found by match rules and confirmed links alone";
  return [
    { level: "warning", what, fix: "Add match rules, or set `enterprise` where single sign-on is the enterprise's" },
  ];
}
