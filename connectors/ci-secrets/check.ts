import type { CheckReport } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import type { Credential } from "../vendors/github/index.ts";
import { lookAtConsumers } from "./consumers.ts";
import { principalOf } from "./credential-finding.ts";
import type { CiDeps } from "./deps.ts";
import { storeTitles, textOf } from "./place.ts";

type CheckFinding = CheckReport["findings"][number];

/** Reads only: whom GitHub takes us for, what we may see of it, and whether each plan describes what is there. */
export async function checkCiSecrets(deps: CiDeps, credential: Credential): Promise<CheckReport> {
  const parts: (() => Promise<readonly CheckFinding[]>)[] = [
    () => checkOrganization(deps),
    () => checkInstallation(credential),
    ...deps.settings.stores.map((store) => () => checkStore(store, deps)),
    ...deps.settings.plans.map((plan) => () => checkPlan(plan, deps)),
  ];
  const findings: CheckFinding[] = [];
  for (const part of parts) {
    try {
      findings.push(...(await part()));
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError)) throw thrown;
      findings.push({ level: "error", what: thrown.message, fix: fixes[thrown.code] ?? null });
      if (thrown.code === "unauthorized") break; // the rest would only say so again
    }
  }
  return { ok: findings.every(({ level }) => level !== "error"), findings };
}

const fixes: Readonly<Partial<Record<ConnectorError["code"], string>>> = {
  unauthorized: "Correct appId, installationId and secrets.privateKey, or secrets.token",
  forbidden: "Give our credential the permission that is named",
  "not-visible": "Check org, names and permissions",
};

async function checkOrganization({ github, settings }: CiDeps): Promise<readonly CheckFinding[]> {
  if ((await github.organization()) === null) {
    return [{ level: "error", what: `GitHub shows no organization ${settings.org}`, fix: "Check org and baseUrl" }];
  }
  const members = await github.membersPage(null);
  if (members === null || members.items.length === 0) {
    return [
      { level: "error", what: "the organization's members cannot be seen", fix: "Give our credential members=read" },
    ];
  }
  await github.outsideCollaboratorsPage(null);
  return [{ level: "ok", what: `the organization ${settings.org} can be seen`, fix: null }];
}

async function checkInstallation(credential: Credential): Promise<readonly CheckFinding[]> {
  if (credential.kind === "token") {
    const what = "GitHub is called with a token: whoever it belongs to must be an owner, and stay one";
    return [{ level: "warning", what, fix: "Use a GitHub App" }];
  }
  const { allRepositories } = await credential.installation();
  if (allRepositories) return [{ level: "ok", what: "our App sees every repository", fix: null }];
  const what = "our App is installed on some repositories only: what is exposed in the others is not seen";
  return [{ level: "error", what, fix: "Install it on all repositories" }];
}

async function checkStore(
  store: CiDeps["settings"]["stores"][number],
  { github }: CiDeps,
): Promise<readonly CheckFinding[]> {
  const title = storeTitles[store];
  if ((await github.organizationSecretsPage(store, null)) !== null) {
    return [{ level: "ok", what: `the organization's ${title} secrets can be listed`, fix: null }];
  }
  const fix = `Leave ${store} out of \`stores\` if it is not used here`;
  return [{ level: "error", what: `the organization's ${title} secrets cannot be seen`, fix }];
}

async function checkPlan(plan: CiDeps["settings"]["plans"][number], deps: CiDeps): Promise<readonly CheckFinding[]> {
  const found: CheckFinding[] = [];
  const issuer = deps.issuers(plan.issuer.kind);
  const keys = (await issuer.keys(plan)).filter(({ isActive }) => isActive);
  const holder = `${principalOf(plan)} of the plan ${plan.name}`;
  if (keys.length === 0) {
    found.push({ level: "error", what: `${holder} has no ${issuer.noun}`, fix: "Correct the plan's issuer" });
  }
  if (issuer.mostKeys !== null && keys.length >= issuer.mostKeys) {
    const what = `${holder} has ${keys.length} ${issuer.noun}s: there is no room for a new one`;
    found.push({ level: "warning", what, fix: "Delete the one that is not in use" });
  }
  for (const { consumer, shown } of await lookAtConsumers(plan, deps)) {
    if (shown !== null) continue;
    const what = `${textOf(consumer.place)}, which the plan ${plan.name} names, is not there`;
    found.push({ level: "error", what, fix: "Correct the plan's consumers" });
  }
  if (issuer.problem !== null)
    found.push(...(await issuer.problem()).map((what) => ({ level: "error" as const, what, fix: null })));
  return found.length > 0 ? found : [{ level: "ok", what: `the plan ${plan.name} can be carried out`, fix: null }];
}
