import { createHash, createHmac } from "node:crypto";
import type { FakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";

/**
 * A call that no SDK would send, signed by hand as the admin, with plain paths and queries only. A text body is sent as
 * it is.
 */
export async function signedCall(
  gateway: FakeApiGateway,
  method: string,
  pathAndQuery: string,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const url = new URL(`${gateway.controlUrl()}${pathAndQuery}`);
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const date = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const scope = [date.slice(0, 8), gateway.regions[0] ?? "", "apigateway", "aws4_request"];
  const canonical = [
    method,
    url.pathname,
    url.search.slice(1),
    `host:${url.host}`,
    `x-amz-date:${date}`,
    "",
    "host;x-amz-date",
    sha256(text),
  ].join("\n");
  const key = scope.reduce<Buffer | string>(hmac, `AWS4${gateway.admin.secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope.join("/"), sha256(canonical)].join("\n")).toString(
    "hex",
  );
  const credential = [gateway.admin.accessKeyId, ...scope].join("/");
  const response = await fetch(url, {
    method,
    headers: {
      "x-amz-date": date,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    },
    ...(text === "" ? {} : { body: text }),
  });
  return { status: response.status, text: await response.text() };
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
