import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { SignedRequest } from "../../../connectors/testkit/aws/canonical-request.ts";

/**
 * Lets an SDK send one call to a listener that answers nothing of use.
 *
 * @returns the request as it came over the wire.
 */
export async function capture(send: (endpoint: string) => Promise<unknown>): Promise<SignedRequest> {
  const seen: SignedRequest[] = [];
  const server = createServer((request, response) => {
    read(request)
      .then((one) => seen.push(one))
      .then(() => response.writeHead(400, { "content-type": "application/json" }).end("{}"))
      .catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  await send(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch(() => undefined);
  server.closeAllConnections();
  server.close();
  const [request] = seen;
  if (request === undefined) throw new Error("the SDK sent nothing");
  return request;
}

async function read(request: IncomingMessage): Promise<SignedRequest> {
  const { method = "", url = "", headers } = request;
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  const [path = "", query = ""] = url.split("?", 2);
  return { method, path, query: new URLSearchParams(query), headers, body: Buffer.concat(pieces) };
}
