import type { Reply } from "../../faults/index.ts";
import { type Asked, json } from "./asked.ts";
import { refuse } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { bodyOf, optionalText } from "./request-body.ts";
import {
  type ApiKey,
  inOrder,
  isMember,
  keysOf,
  plansOf,
  type UsagePlan,
  withMember,
  withoutMember,
  type World,
} from "./world.ts";

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlans.html */
export function listPlans({ call, region, paging }: Asked): Reply {
  const world = region.reads.now();
  const keyId = call.query.get("keyId");
  return json(200, pageOf(keyId === null ? inOrder(world.plans) : plansOf(world, keyId), call.query, paging));
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlan.html */
export function getPlan({ region, params: [planId = ""] }: Asked): Reply {
  return json(200, planIn(region.reads.now(), planId));
}

/**
 * Lists the keys of a plan, values and all. `name` is a prefix here too: https://github.com/getmoto/moto/pull/8220
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlanKeys.html
 */
export function listPlanKeys({ call, region, paging, params: [planId = ""] }: Asked): Reply {
  const world = region.reads.now();
  const plan = planIn(world, planId);
  const prefix = call.query.get("name") ?? "";
  const keys = keysOf(world, plan.id).filter((key) => (key.name ?? "").startsWith(prefix));
  const page = pageOf(keys, call.query, paging);
  return json(200, { ...page, item: page.item.map(asPlanKey) });
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlanKey.html */
export function getPlanKey({ region, params: [planId = "", keyId = ""] }: Asked): Reply {
  const world = region.reads.now();
  const plan = planIn(world, planId);
  const key = world.keys.get(keyId);
  if (key === undefined || !isMember(world, plan.id, keyId)) throw refuse.keyNotFound();
  return json(200, asPlanKey(key));
}

/**
 * Adds a key to a plan. For each stage of an API a key can be in one plan only:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlanKey.html
 */
export function createPlanKey({ call, region, params: [planId = ""] }: Asked): Reply {
  const { world } = region;
  const plan = planIn(world, planId);
  const fields = bodyOf(call);
  if (optionalText(fields, "keyType") !== "API_KEY") throw refuse.badRequest("Invalid key type specified");
  const key = world.keys.get(optionalText(fields, "keyId") ?? "");
  if (key === undefined) throw refuse.keyNotFound();
  region.commit(joined(world, plan, key));
  return json(201, asPlanKey(key));
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteUsagePlanKey.html */
export function deletePlanKey({ region, params: [planId = "", keyId = ""] }: Asked): Reply {
  const { world } = region;
  const plan = planIn(world, planId);
  if (!isMember(world, plan.id, keyId)) throw refuse.keyNotFound();
  region.commit(withoutMember(world, plan.id, keyId));
  return { status: 202 };
}

/** The world with the key in the plan, if it may be in it. */
export function joined(world: World, plan: UsagePlan, key: ApiKey): World {
  if (isMember(world, plan.id, key.id)) throw refuse.memberExists();
  const stageIn = ({ apiStages }: UsagePlan) => apiStages.map(({ apiId, stage }) => `${apiId}:${stage}`);
  const taken = plansOf(world, key.id).flatMap(stageIn);
  const clash = stageIn(plan).find((stage) => taken.includes(stage));
  if (clash !== undefined) throw refuse.stageTaken(key.id, clash);
  return withMember(world, plan.id, key.id);
}

function planIn(world: World, planId: string): UsagePlan {
  const plan = world.plans.get(planId);
  if (plan === undefined) throw refuse.planNotFound();
  return plan;
}

function asPlanKey({ id, value, name }: ApiKey): object {
  return { id, type: "API_KEY", value, ...(name === undefined ? {} : { name }) };
}
