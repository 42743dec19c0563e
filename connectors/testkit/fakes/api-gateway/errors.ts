import type { Reply } from "../../faults/index.ts";

/** An answer other than success, thrown to the router. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply, message: string) {
    super(`answered ${reply.status}: ${message}`);
    this.name = "Refusal";
    this.reply = reply;
  }
}

/** Exceptions of the API and of every AWS service, each with its HTTP status. */
export type ErrorType = keyof typeof statuses;

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateApiKey.html#API_UpdateApiKey_Errors
 * @see https://docs.aws.amazon.com/apigateway/latest/api/CommonErrors.html
 */
const statuses = {
  BadRequestException: 400,
  UnauthorizedException: 401,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  IncompleteSignatureException: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  NotFoundException: 404,
  ConflictException: 409,
  LimitExceededException: 429,
  TooManyRequestsException: 429,
  InternalFailure: 500,
  ServiceUnavailableException: 503,
} as const;

/**
 * An error as REST JSON says it: its name in a header, its message in the body.
 *
 * @param retryAfter of `Retry-After`, which three of the exceptions may carry; seconds, or any text for an absurd value.
 */
export function errorReply(type: ErrorType, message: string, retryAfter?: number | string): Reply {
  const headers = { "x-amzn-errortype": type };
  // What IAM refuses is said with a capital M, unlike what the service refuses itself.
  const json = type === "AccessDeniedException" ? { Message: message } : { message };
  return {
    status: statuses[type],
    headers: retryAfter === undefined ? headers : { ...headers, "retry-after": String(retryAfter) },
    content: { json },
  };
}

const refusal = (type: ErrorType, message: string) => new Refusal(errorReply(type, message), message);

export const refuse = {
  badRequest: (message: string) => refusal("BadRequestException", message),
  keyNotFound: () => refusal("NotFoundException", "Invalid API Key identifier specified"),
  planNotFound: () => refusal("NotFoundException", "Invalid Usage Plan ID specified"),
  resourceNotFound: () => refusal("NotFoundException", "Invalid Resource identifier specified"),
  valueExists: () => refusal("ConflictException", "API Key already exists"),
  memberExists: () => refusal("ConflictException", "Usage Plan Key already exists"),
  /** One usage plan for each stage of an API: a key that is in one of them cannot enter another. */
  stageTaken: (keyId: string, stage: string) =>
    refusal(
      "ConflictException",
      `API Key ${keyId} cannot reference multiple Usage Plans with the same API stage: ${stage}`,
    ),
};

/** What the front of many AWS services answers to a path that it cannot assign: XML, whatever the service speaks. */
export function unknownOperation(): Reply {
  const message = "Unable to determine service/operation name to be authorized";
  return {
    status: 403,
    headers: { "x-amzn-errortype": "AccessDeniedException" },
    content: {
      raw: `<AccessDeniedException>\n  <Message>${message}</Message>\n</AccessDeniedException>\n`,
      type: "application/xml",
    },
  };
}
