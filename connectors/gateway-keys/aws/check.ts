import type { CheckReport } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { pagesOf } from "../../contract/paging.ts";
import type { RegionClient } from "./client.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import type { ApiGatewaySettings } from "../config.ts";
import { ownerOf } from "./owner.ts";
import { refusesTheKey } from "./probe.ts";
import type { ApiKey } from "./schema.ts";
import { askStage } from "./stage.ts";

type CheckFinding = CheckReport["findings"][number];

/** Reads only: what can be seen in each region, whose keys they are, and whether the probe can tell anything. */
export async function checkApiGateway(deps: ApiGatewayDeps): Promise<CheckReport> {
  const findings: CheckFinding[] = [];
  for (const region of deps.regions) {
    for (const part of [checkKeys, checkPlans, checkProbe]) {
      findings.push(...(await part(region, deps).catch(toFinding)));
    }
  }
  return { ok: findings.every(({ level }) => level !== "error"), findings };
}

/** What cannot be looked at is a finding too; anything but a failed exchange is our bug. */
function toFinding(thrown: unknown): readonly CheckFinding[] {
  if (!(thrown instanceof ConnectorError)) throw thrown;
  return [{ level: "error", what: thrown.message, fix: fixes[thrown.code] ?? null }];
}

const fixes: Readonly<Partial<Record<ConnectorError["code"], string>>> = {
  forbidden: "Attach policies/read.json to our identity, or look for a policy that denies it",
  unauthorized: "Check secrets and assumeRole, and that the region is enabled in this account",
  unavailable: "Check that regions are spelled as AWS spells them",
};

async function checkKeys(region: RegionClient, { target, settings }: ApiGatewayDeps): Promise<readonly CheckFinding[]> {
  const keys: ApiKey[] = [];
  const where = { target, operation: "GetApiKeys" };
  for await (const { items } of pagesOf(
    where,
    (cursor) => region.keysPage(cursor),
    ({ id }) => id,
  )) {
    keys.push(...items);
  }
  const unowned = keys.filter((key) => ownerOf(key, settings) === null).length;
  const seen: CheckFinding = { level: "ok", what: `${region.name}: ${keys.length} API keys`, fix: null };
  if (unowned === 0) return [seen];
  const what = `${region.name}: ${unowned} of ${keys.length} API keys name no owner: nobody can tell whose they are`;
  return [seen, { level: "warning", what, fix: fixOf(settings) }];
}

function fixOf({ ownerFrom, ownerTag }: ApiGatewaySettings): string {
  const mark = ownerFrom === "customer-id" ? "customerId" : `tag ${ownerTag}`;
  return `Give each key the ${mark}, with an immutable id of whoever holds it`;
}

/** Without usage plans the keys are found all the same, but not what they open, and none is tried. */
async function checkPlans(region: RegionClient, { settings }: ApiGatewayDeps): Promise<readonly CheckFinding[]> {
  const level = settings.probes[region.name] === undefined ? "warning" : "error";
  return region.plansPage(null, null).then(
    () => [],
    (thrown: unknown) => toFinding(thrown).map((finding) => ({ ...finding, level })),
  );
}

/** Without a key the stage must refuse by itself: else it lets anybody in, and a probe there would prove nothing. */
async function checkProbe(region: RegionClient, { http, settings }: ApiGatewayDeps): Promise<readonly CheckFinding[]> {
  const probe = settings.probes[region.name];
  if (probe === undefined) return [];
  const answer = await askStage(http, probe.url, null);
  if (refusesTheKey(answer)) return [{ level: "ok", what: `${region.name}: the stage asks for a key`, fix: null }];
  const said = `${answer.status}${answer.errorType === null ? "" : ` ${answer.errorType.slice(0, 60)}`}`;
  const what = `${region.name}: the stage answers ${said} without a key: it cannot tell a dead key from a live one`;
  const fix = "Use a GET method that asks for an API key, takes it from x-api-key, and answers refusals as AWS does";
  return [{ level: "error", what, fix }];
}
