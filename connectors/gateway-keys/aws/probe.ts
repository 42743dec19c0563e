import type { Verdict } from "../../../src/domain/access.ts";

/** What a stage said to a request with a key, or without one. */
export interface StageAnswer {
  status: number;
  message: string | null;
  /** The name that the gateway itself gives to a refusal of its own. */
  errorType: string | null;
}

/** Statuses that are read; others are errors and tried again. Here even a 429 and a 5xx are answers that tell nothing. */
export const telling = [
  200, 201, 202, 203, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 429,
  500, 501, 502, 503, 504,
];

/**
 * What a stage's answer says about the key that was sent. A key that is unknown, switched off or in no usage plan of the
 * stage is refused with 403, `Forbidden` and `ForbiddenException`. A path that the API does not have is refused with 403
 * in other words, and so is what a resource policy or an authorizer turns away. A 429 may be meant for the key, which
 * would then be alive, or for all callers; a failed integration may have come after the key was let in.
 *
 * @see https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html INVALID_API_KEY
 */
export function readAnswer(answer: StageAnswer): Verdict {
  const { status } = answer;
  if (status >= 200 && status < 300) {
    return { state: "alive", by: "probe", reason: `the stage let the key through (${status})` };
  }
  if (refusesTheKey(answer)) return { state: "dead", by: "probe", reason: "the stage refused the key (403)" };
  return { state: "unknown", by: "probe", reason: `the stage's answer ${status} tells nothing about the key` };
}

/** Whether this is the gateway's own way of refusing a key. */
export function refusesTheKey({ status, message, errorType }: StageAnswer): boolean {
  return status === 403 && message === "Forbidden" && errorType?.split(":")[0] === "ForbiddenException";
}
