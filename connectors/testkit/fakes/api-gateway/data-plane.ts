import { randomUUID } from "node:crypto";
import type { Call, Reply } from "../../faults/index.ts";
import type { Region } from "./region.ts";
import { stagesOpenTo, type World } from "./world.ts";

/**
 * Answers one request of a deployed stage, `/{apiId}/{stage}/...`, every method of which asks for an API key.
 *
 * A missing, unknown or disabled key, and one in no usage plan of the stage, look alike (INVALID_API_KEY, 403):
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export function answerStage(call: Call, regions: readonly Region[]): Reply {
  const [, apiId = "", stage = ""] = call.path.split("/");
  const region = regions.find((one) => one.world.api.id === apiId);
  if (region === undefined || !region.world.api.stages.includes(stage)) return forbidden();
  const { "x-api-key": value } = call.headers;
  const keyId = typeof value === "string" ? openerOf(region.dataPlane.now(), `${apiId}/${stage}`, value) : null;
  region.dataPlane.served();
  if (keyId === null) return forbidden();
  return { status: 200, headers: requestId(), content: { json: { message: "ok", apiKeyId: keyId } } };
}

function openerOf(world: World, stage: string, value: string): string | null {
  const key = [...world.keys.values()].find((one) => one.value === value);
  return key !== undefined && stagesOpenTo(world, key).includes(stage) ? key.id : null;
}

function forbidden(): Reply {
  const headers = { "x-amzn-errortype": "ForbiddenException", ...requestId() };
  return { status: 403, headers, content: { json: { message: "Forbidden" } } };
}

function requestId(): Record<string, string> {
  return { "x-amzn-requestid": randomUUID() };
}
