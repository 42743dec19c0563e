import type { Reply } from "../../faults/index.ts";
import { createKey, deleteKey, getKey, listKeys, updateKey } from "./api-keys.ts";
import { type Asked, json } from "./asked.ts";
import { Refusal, unknownOperation } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { deleteTags, getTags, putTags } from "./tags.ts";
import { createPlanKey, deletePlanKey, getPlan, getPlanKey, listPlanKeys, listPlans } from "./usage-plans.ts";

const routes: Readonly<Record<string, (asked: Asked) => Reply>> = {
  "GET /account": aboutAccount,
  "GET /apikeys": listKeys,
  "POST /apikeys": createKey,
  "GET /apikeys/{}": getKey,
  "PATCH /apikeys/{}": updateKey,
  "DELETE /apikeys/{}": deleteKey,
  "GET /restapis": listApis,
  "GET /tags/{}": getTags,
  "PUT /tags/{}": putTags,
  "DELETE /tags/{}": deleteTags,
  "GET /usageplans": listPlans,
  "GET /usageplans/{}": getPlan,
  "GET /usageplans/{}/keys": listPlanKeys,
  "POST /usageplans/{}/keys": createPlanKey,
  "GET /usageplans/{}/keys/{}": getPlanKey,
  "DELETE /usageplans/{}/keys/{}": deletePlanKey,
};

/** Answers one call of a region's control plane, honestly. */
export function answerControl(asked: Omit<Asked, "params">): Reply {
  const { template, params } = placeOf(asked.call.path);
  const handler = routes[`${asked.call.method} ${template}`];
  if (handler === undefined) return unknownOperation();
  try {
    return handler({ ...asked, params });
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  } finally {
    if (asked.call.method === "GET") asked.region.reads.served();
  }
}

/** A path as its template, every second segment a brace, and what stands in the braces. */
export function placeOf(path: string): { template: string; params: string[] } {
  const segments = path.split("/").slice(1).map(decoded);
  return {
    template: segments.map((segment, at) => (at % 2 === 0 ? `/${segment}` : "/{}")).join(""),
    params: segments.filter((_, at) => at % 2 === 1),
  };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html */
function aboutAccount(): Reply {
  const throttleSettings = { burstLimit: 5_000, rateLimit: 10_000 };
  return json(200, { apiKeyVersion: "4", features: ["UsagePlans"], throttleSettings });
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html */
function listApis({ call, region, paging }: Asked): Reply {
  const { stages: _, ...shown } = region.reads.now().api;
  return json(200, pageOf([{ ...shown, apiKeySource: "HEADER" }], call.query, paging));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
