import type { Account, Finding } from "../../../src/domain/access.ts";
import type { Page } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { pagesOf } from "../../contract/paging.ts";
import type { Secret } from "../../contract/secret.ts";
import { stageOf } from "./config.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { listKeysOf, refOf } from "./keys.ts";
import type { RegionalKey } from "./keys.ts";
import { isEnabled, isMarked } from "./owner.ts";

/**
 * The keys of one owner, over all regions. A key that is switched off is listed as well: whoever may switch it on again
 * opens with it what it opened before. Its membership in usage plans is told as facts of the key: without the key it
 * opens nothing, and it goes with it.
 *
 * A key's value is asked for only where it can be tried, and is in no finding.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export async function* discoverKeys(account: Account, deps: ApiGatewayDeps): AsyncGenerator<Page<Finding>> {
  for await (const { items, complete } of listKeysOf(account.id, deps)) {
    const findings: Finding[] = [];
    const materials = new Map<string, Secret>();
    for (const item of items) {
      const opened = await opens(item, deps);
      const finding = toFinding(item, account.id, opened);
      findings.push(finding);
      const value = await valueToTry(item, opened, deps);
      if (value !== null) materials.set(finding.ref, value);
    }
    yield { items: findings, complete, ...(materials.size === 0 ? {} : { materials }) };
  }
}

/** What a key opens; `plans` is null where usage plans cannot be seen. */
interface Opened {
  plans: readonly string[] | null;
  /** API id and stage name, `id/stage`. */
  stages: readonly string[];
}

async function opens({ region, key }: RegionalKey, { target }: ApiGatewayDeps): Promise<Opened> {
  const stages = new Set(key.stageKeys ?? []);
  const plans: string[] = [];
  const fetchPage = (cursor: string | null) => region.plansPage(key.id, cursor);
  try {
    for await (const { items } of pagesOf({ target, operation: "GetUsagePlans" }, fetchPage, ({ id }) => id)) {
      for (const { id, apiStages } of items) {
        plans.push(id);
        for (const { apiId, stage } of apiStages ?? []) stages.add(`${apiId ?? ""}/${stage ?? ""}`);
      }
    }
  } catch (thrown) {
    // The keys themselves must not go unseen because of what they open; the check names the missing permission.
    if (!(thrown instanceof ConnectorError) || !isBesideThePoint.has(thrown.code)) throw thrown;
    return { plans: null, stages: [...stages] };
  }
  return { plans, stages: [...stages] };
}

const isBesideThePoint: ReadonlySet<string> = new Set(["forbidden", "unsupported", "not-visible"]);

/** A stage refuses every key that is in none of its usage plans: only where it lets this one in does a refusal tell. */
async function valueToTry(
  { region, key }: RegionalKey,
  { stages }: Opened,
  { settings }: ApiGatewayDeps,
): Promise<Secret | null> {
  const probe = settings.probes[region.name];
  const stage = probe === undefined ? null : stageOf(probe);
  return stage !== null && stages.includes(stage) ? region.keyValue(key.id) : null;
}

function toFinding(item: RegionalKey, accountId: string, { plans, stages }: Opened): Finding {
  const { region, key } = item;
  return {
    kind: "api-key",
    ref: refOf(item),
    accountId,
    label: `API key ${key.name ?? key.id} in ${region.name}`,
    holder: "owned",
    risk: "write",
    createdAt: key.createdDate?.toISOString() ?? null,
    lastUsedAt: null, // API Gateway counts by usage plan and day
    expiresAt: null,
    facts: {
      region: region.name,
      enabled: isEnabled(key),
      switchedOffByUs: isMarked(key),
      customerId: key.customerId ?? null,
      usagePlans: plans?.join(",") ?? null,
      stages: stages.join(","),
    },
  };
}
