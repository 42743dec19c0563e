import type { IncomingHttpHeaders } from "node:http";
import { createRedactor } from "../../../../../connectors/contract/redactor.ts";
import type { Redactor } from "../../../../../connectors/contract/redactor.ts";
import { Secret } from "../../../../../connectors/contract/secret.ts";
import { recordingPorts, serve, transport } from "../../contract/support.ts";
import type { TestServer } from "../../contract/support.ts";

export interface Asked {
  action: string;
  parameters: URLSearchParams;
  /** Access key that signed it. */
  by: string;
  path: string;
  headers: IncomingHttpHeaders;
}

export interface Answer {
  status?: number;
  type?: string;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

/** A server that answers each call as a test says, and keeps what it was asked. It checks nothing. */
export async function serveAws(answer: (asked: Asked, call: number) => Answer) {
  const asked: Asked[] = [];
  const server: TestServer = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const parameters = new URLSearchParams(Buffer.concat(chunks).toString());
      const { url = "", headers } = request;
      const by = /Credential=(\w+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
      const call = { action: parameters.get("Action") ?? "", parameters, by, path: url, headers };
      asked.push(call);
      const { status = 200, type = "text/xml", headers: more = {}, body } = answer(call, asked.length);
      response.writeHead(status, { "content-type": type, ...more });
      response.end(body);
    });
  });
  return { server, asked };
}

export function success(action: string, result: string): Answer {
  return { body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>` };
}

export function failure(status: number, code: string, message = "no words"): Answer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`;
  return { status, body };
}

export const keys = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "canary-secret-access-key" };
export const secretKeys = {
  accessKeyId: new Secret(keys.accessKeyId),
  secretAccessKey: new Secret(keys.secretAccessKey),
};

/** The host's transport to one server, with what it recorded. */
export function hostAt(origin: string, { redactor = createRedactor() }: { redactor?: Redactor } = {}) {
  const recorded = recordingPorts();
  const http = transport(origin, {
    ports: recorded.ports,
    redactor,
    reads: ["GetCallerIdentity", "AssumeRole", "ListUsers", "ListAccessKeys"],
  });
  return { http, redactor, ...recorded };
}
