import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { HostPorts, RecordedExchange, WriteIntent } from "../../../../connectors/contract/host.ts";
import type { TargetRequest } from "../../../../connectors/contract/http.ts";
import { createRedactor } from "../../../../connectors/contract/redactor.ts";
import type { OwnedTargetHttp, TargetHttpOptions } from "../../../../connectors/contract/target-http.ts";
import { createTargetHttp } from "../../../../connectors/contract/target-http.ts";
import type { Log } from "../../../../src/domain/ports.ts";

export interface TestServer {
  origin: string;
  port: number;
  /** Method and path of each request, in the order of arrival. */
  seen: string[];
  requests: IncomingMessage[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback, with a port given by the system. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const seen: string[] = [];
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    requests.push(request);
    listener(request, response);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    seen,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => quietLog,
};

/** The engine's side of the ports, as plain records. */
export function recordingPorts(over: Partial<HostPorts> = {}) {
  /** What happened, in order: `slot`, `intent <operation>`, `settled <status>`, `recorded <status>`. */
  const events: string[] = [];
  const exchanges: RecordedExchange[] = [];
  const ports: HostPorts = {
    access: "write",
    rateSlot: async () => void events.push("slot"),
    async beforeWrite({ operation }: WriteIntent) {
      events.push(`intent ${operation}`);
      return { settled: async (status) => void events.push(`settled ${status}`) };
    },
    recordExchange(exchange) {
      events.push(`recorded ${exchange.status}`);
      exchanges.push(exchange);
    },
    signal: new AbortController().signal,
    log: quietLog,
    ...over,
  };
  return { ports, events, exchanges };
}

export const now = new Date("2026-11-22T03:00:00.000Z");

export function transport(
  origin: string,
  { ports = recordingPorts().ports, ...over }: Partial<TargetHttpOptions> = {},
): OwnedTargetHttp {
  return createTargetHttp({
    target: "gateway",
    origins: [origin],
    insecure: false,
    reads: [],
    redactor: createRedactor(),
    clock: () => now,
    limits: { throttlePatienceMs: 0 },
    ports,
    ...over,
  });
}

export function get(url: string, over: Partial<TargetRequest<unknown>> = {}): TargetRequest<unknown> {
  return { method: "GET", url, operation: "getThing", template: "/thing", expect: [200], ...over };
}

/** What a promise rejects with; fails the test when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown,
  );
}
