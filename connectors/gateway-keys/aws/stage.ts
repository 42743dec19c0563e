import type { Verdict } from "../../../src/domain/access.ts";
import type { TargetHttp } from "../../contract/http.ts";
import type { Secret } from "../../contract/secret.ts";
import type { ApiGatewayDeps } from "./deps.ts";
import { readAnswer, telling } from "./probe.ts";
import type { StageAnswer } from "./probe.ts";
import { gatewayResponse } from "./schema.ts";

/** Tries a key as often as configured: dead only if every try was refused, alive as soon as one was let through. */
export async function tryAtStage(
  region: string,
  key: Secret,
  { http, settings }: ApiGatewayDeps,
): Promise<Verdict | null> {
  const url = settings.probes[region]?.url;
  if (url === undefined) return null;
  let verdict = readAnswer(await askStage(http, url, key));
  for (let tries = 1; tries < settings.probeTimes && verdict.state === "dead"; tries += 1) {
    verdict = readAnswer(await askStage(http, url, key));
  }
  return verdict.state === "dead" ? { ...verdict, reason: `${verdict.reason}, ${settings.probeTimes} times` } : verdict;
}

/**
 * One request to a stage, with a key or without one. A fresh connection each time may meet another of its servers.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 */
export async function askStage(http: TargetHttp, url: string, key: Secret | null): Promise<StageAnswer> {
  const reply = await http.send({
    method: "GET",
    operation: key === null ? "probeWithoutKey" : "probeKey",
    template: "stage",
    url,
    headers: { connection: "close", ...(key === null ? {} : { "x-api-key": key.reveal() }) },
    expect: telling,
    problemSchema: gatewayResponse,
  });
  return {
    status: reply.status,
    message: reply.problem?.message ?? null,
    errorType: reply.headers["x-amzn-errortype"] ?? null,
  };
}
