import { gzipSync } from "node:zlib";
import type { ServerResponse } from "node:http";
import { z } from "zod";
import type { SdkRequest, Wire, WireRequest } from "../../../../connectors/contract/http.ts";
import { createRedactor } from "../../../../connectors/contract/redactor.ts";
import { secretText } from "../../../../connectors/contract/secret.ts";
import { json, recordingPorts, rejection, serve, transport } from "./support.ts";
import type { TestServer } from "./support.ts";

const thing = z.object({ id: z.string() });

let server: TestServer;
let answer: (response: ServerResponse, call: number) => void;
let calls: number;

beforeEach(async () => {
  calls = 0;
  answer = (response) => json(response, { id: "1", more: "than was asked for" });
  server = await serve((_, response) => answer(response, (calls += 1)));
});

afterEach(() => server.close());

/** What an SDK does, without one: one call, its body read, an error of its own for what is not 2xx. */
function anSdk(over: Partial<WireRequest> = {}) {
  return async (wire: Wire): Promise<unknown> => {
    const reply = await wire({
      method: "POST",
      url: `${server.origin}/`,
      headers: {},
      body: "Action=ListThings",
      ...over,
    });
    if (reply.status >= 300) throw new Error(reply.body.toString());
    return JSON.parse(reply.body.toString()) as unknown;
  };
}

function request(over: Partial<SdkRequest<z.output<typeof thing>>> = {}): SdkRequest<z.output<typeof thing>> {
  return { operation: "ListThings", template: "/", run: anSdk(), schema: thing, readFailure: () => null, ...over };
}

describe("an operation of a vendor's SDK", () => {
  it("goes through slot, intent and evidence like every other, reduced to the fields of its schema", async () => {
    const { ports, events, exchanges } = recordingPorts();
    const http = transport(server.origin, { ports });

    const reply = await http.sendBySdk(request());

    expect(reply).toMatchObject({ status: 200, body: { id: "1" }, problem: null });
    expect(events).toEqual(["slot", "intent ListThings", "settled 200", "recorded 200"]);
    expect(Buffer.from(exchanges[0]?.bytes ?? []).toString()).toContain('"body":{"id":"1"},"method":"POST"');
    expect(Buffer.from(exchanges[0]?.bytes ?? []).toString()).not.toContain("more");
    await http.close();
  });

  it.each([
    { name: "a POST that is listed as a read passes", reads: ["ListThings"], sent: 1 },
    { name: "any other POST is refused", reads: ["ListThing"], sent: 0 },
  ])("F07 where a target is only observed, $name", async ({ reads, sent }) => {
    const http = transport(server.origin, { reads, ports: recordingPorts({ access: "read" }).ports });

    const done = http.sendBySdk(request());

    if (sent === 1) expect((await done).body).toEqual({ id: "1" });
    else expect(await rejection(done)).toMatchObject({ code: "write-refused" });
    expect(server.seen).toHaveLength(sent);
    await http.close();
  });

  it("gives an expected failure its vendor's name, and classifies the others", async () => {
    answer = (response) => json(response, { code: "NoSuchEntity" }, 404);
    const http = transport(server.origin, { reads: ["ListThings"] });

    const expected = await http.sendBySdk(request({ readFailure: () => ({ kind: "expected", name: "NoSuchEntity" }) }));

    expect(expected).toMatchObject({ status: 404, body: null, problem: "NoSuchEntity" });
    expect(await rejection(http.sendBySdk(request()))).toMatchObject({ code: "not-visible", status: 404 });
    const conflict = { kind: "failed", code: "conflict", meaning: "must be emptied first" } as const;
    expect(await rejection(http.sendBySdk(request({ readFailure: () => conflict })))).toMatchObject({
      code: "conflict",
      message: "gateway: ListThings answered 404: the target must be emptied first",
    });
    await http.close();
  });

  it("T11 leaves no origin but the target's own, whatever the SDK makes of it", async () => {
    const http = transport(server.origin);
    const swallowing = async (wire: Wire): Promise<unknown> => {
      await anSdk({ url: "http://169.254.169.254/latest/meta-data" })(wire).catch(() => undefined);
      return { id: "forged" };
    };

    expect(await rejection(http.sendBySdk(request({ run: swallowing })))).toMatchObject({ code: "egress-refused" });
    expect(server.seen).toEqual([]);
    await http.close();
  });

  it("makes one exchange: a retry of the SDK's own never leaves", async () => {
    const http = transport(server.origin, { reads: ["ListThings"] });
    const retrying = async (wire: Wire): Promise<unknown> => {
      await anSdk()(wire);
      return anSdk()(wire);
    };

    expect(await rejection(http.sendBySdk(request({ run: retrying })))).toBeInstanceOf(TypeError);
    expect(await rejection(http.sendBySdk(request({ run: async () => ({ id: "from a cache" }) })))).toBeInstanceOf(
      TypeError,
    );
    expect(calls).toBe(1);
    await http.close();
  });

  it("follows no redirect, and believes no answer that is one", async () => {
    answer = (response) => {
      response.writeHead(302, { location: "http://127.0.0.1:1/", "content-type": "application/json" });
      response.end('{"id":"1"}');
    };
    const http = transport(server.origin, { reads: ["ListThings"] });
    const trusting = async (wire: Wire): Promise<unknown> =>
      JSON.parse((await wire({ method: "POST", url: `${server.origin}/`, headers: {}, body: null })).body.toString());

    expect(await rejection(http.sendBySdk(request({ run: trusting })))).toMatchObject({ code: "invalid-response" });
    expect(calls).toBe(1);
    await http.close();
  });

  it("hands the SDK a decompressed body, and no more of it than the host takes in", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(gzipSync(JSON.stringify({ id: "zipped", filler: "a".repeat(100_000) })));
    };
    const generous = transport(server.origin, { reads: ["ListThings"] });
    const strict = transport(server.origin, { reads: ["ListThings"], limits: { maxBytes: 50_000 } });

    expect((await generous.sendBySdk(request())).body).toEqual({ id: "zipped" });
    expect(await rejection(strict.sendBySdk(request()))).toMatchObject({ code: "invalid-response" });
    await Promise.all([generous.close(), strict.close()]);
  });

  it("F07 refuses what the SDK gives in another shape", async () => {
    answer = (response) => json(response, { id: 7 });
    const http = transport(server.origin, { reads: ["ListThings"] });

    expect(await rejection(http.sendBySdk(request()))).toMatchObject({ code: "invalid-response", status: 200 });
    await http.close();
  });

  it("F02 leaves the intent open when the answer is lost", async () => {
    answer = (response) => response.socket?.resetAndDestroy();
    const { ports, events } = recordingPorts();
    const http = transport(server.origin, { ports });

    expect(await rejection(http.sendBySdk(request()))).toMatchObject({ code: "unavailable" });
    expect(events).toEqual(["slot", "intent ListThings", "settled null", "recorded null"]);
    await http.close();
  });

  it("T12 registers the secrets it gives, so that they appear nowhere", async () => {
    const redactor = createRedactor();
    answer = (response) => json(response, { id: "1", secret: "canary-secret-value" });
    const { ports, exchanges } = recordingPorts();
    const http = transport(server.origin, { reads: ["ListThings"], redactor, ports });

    await http.sendBySdk({ ...request(), schema: z.object({ id: z.string(), secret: secretText }) });

    expect(redactor.redact("it was canary-secret-value")).toBe("it was [redacted]");
    expect(Buffer.from(exchanges[0]?.bytes ?? []).toString()).not.toContain("canary");
    await http.close();
  });

  it.each([{ name: "send" }, { name: "sendBySdk" }] as const)(
    "F06 sends a throttled call again within the step, each time in a slot and behind an intent of its own: $name",
    async ({ name }) => {
      answer = (response, call) => (call < 3 ? json(response, {}, 429) : json(response, { id: "1" }));
      const { ports, events } = recordingPorts();
      const http = transport(server.origin, { ports, limits: { throttlePatienceMs: 10_000 } });

      const reply =
        name === "sendBySdk"
          ? await http.sendBySdk(request())
          : await http.send({
              method: "POST",
              url: "/",
              operation: "ListThings",
              template: "/",
              expect: [200],
              schema: thing,
            });

      expect(reply.body).toEqual({ id: "1" });
      expect(events.filter((event) => event === "slot")).toHaveLength(3);
      expect(events.filter((event) => event.startsWith("settled"))).toEqual([
        "settled 429",
        "settled 429",
        "settled 200",
      ]);
      await http.close();
    },
  );

  it("F06 hands a longer wish to the queue at once", async () => {
    answer = (response) => {
      response.writeHead(429, { "retry-after": "90" });
      response.end();
    };
    const http = transport(server.origin, { reads: ["ListThings"], limits: { throttlePatienceMs: 60_000 } });

    expect(await rejection(http.sendBySdk(request()))).toMatchObject({ code: "rate-limited" });
    expect(calls).toBe(1);
    await http.close();
  });
});
