import { randomUUID } from "node:crypto";
import type { Reply } from "../../faults/index.ts";
import type { AwsRefusal } from "./errors.ts";
import { services } from "./reference.ts";
import { element, type Xml } from "./xml.ts";

type Service = keyof typeof services;

/**
 * A result as the Query protocol carries it; an action without one answers with the request id alone.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/programming.html
 */
export function success(service: Service, action: string, result: Xml | null): Reply {
  const requestId = randomUUID();
  const body = {
    ...(result === null ? {} : { [`${action}Result`]: result }),
    ResponseMetadata: { RequestId: requestId },
  };
  return xml(200, requestId, element(`${action}Response`, body, namespace(service)));
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
export function failure(
  service: Service,
  { status, code, message }: Pick<AwsRefusal, "status" | "code" | "message">,
): Reply {
  const requestId = randomUUID();
  const error = { Type: status >= 500 ? "Receiver" : "Sender", Code: code, Message: message };
  return xml(status, requestId, element("ErrorResponse", { Error: error, RequestId: requestId }, namespace(service)));
}

/** What an emulator, or a proxy in between, sends when it knows no better. */
export function htmlPage(status: number): Reply {
  const page = `<!doctype html><html><head><title>${status} Internal Server Error</title></head><body><h1>Internal Server Error</h1></body></html>`;
  return { status, content: { raw: page, type: "text/html; charset=utf-8" } };
}

function xml(status: number, requestId: string, raw: string): Reply {
  return { status, headers: { "x-amzn-requestid": requestId }, content: { raw, type: "text/xml" } };
}

const namespace = (service: Service): string => ` xmlns="${services[service].namespace}"`;
