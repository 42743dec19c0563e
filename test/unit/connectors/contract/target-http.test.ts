import { gzipSync } from "node:zlib";
import type { ServerResponse } from "node:http";
import { inspect } from "node:util";
import { z } from "zod";
import { ConnectorError } from "../../../../connectors/contract/error.ts";
import type { ConnectorErrorCode } from "../../../../connectors/contract/error.ts";
import { createRedactor } from "../../../../connectors/contract/redactor.ts";
import { secretText } from "../../../../connectors/contract/secret.ts";
import { get, json, now, recordingPorts, rejection, serve, transport } from "./support.ts";
import type { TestServer } from "./support.ts";

const thing = z.object({ id: z.string(), name: z.string() });

let server: TestServer;
let answer: (response: ServerResponse, url: string) => void;

beforeEach(async () => {
  answer = (response) => json(response, { id: "1", name: "one" });
  server = await serve((request, response) => answer(response, request.url ?? ""));
});

afterEach(() => server.close());

describe("an answer", () => {
  it("is reduced to the fields of its schema, for the connector and in evidence", async () => {
    answer = (response) => {
      response.setHeader("x-request-id", "req-1");
      json(response, { id: "1", name: "one", unnamed: "more than was asked for" });
    };
    const { ports, exchanges } = recordingPorts();
    const http = transport(server.origin, { ports });

    const reply = await http.send(get("/things/1", { schema: thing }));

    expect(reply).toMatchObject({ status: 200, body: { id: "1", name: "one" }, requestId: "req-1", problem: null });
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toMatchObject({ operation: "getThing", status: 200, write: false, at: now });
    expect(Buffer.from(exchanges[0]?.bytes ?? []).toString()).toBe(
      '{"at":"2026-11-22T03:00:00.000Z","body":{"id":"1","name":"one"},"method":"GET","operation":"getThing",' +
        '"requestId":"req-1","status":200,"template":"/thing"}',
    );
    expect(exchanges[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    await http.close();
  });

  it("gives what it says about an expected status that is not 2xx", async () => {
    answer = (response) => json(response, { message: "No API key found in request", token: "t" }, 401);
    const http = transport(server.origin);

    const reply = await http.send(
      get("/", { expect: [200, 401], schema: thing, problemSchema: z.object({ message: z.string() }) }),
    );

    expect(reply).toMatchObject({ status: 401, body: null, problem: { message: "No API key found in request" } });
    await http.close();
  });

  it("may be compressed", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync('{"id":"1","name":"zipped"}'));
    };
    const http = transport(server.origin);

    expect((await http.send(get("/", { schema: thing }))).body).toEqual({ id: "1", name: "zipped" });
    await http.close();
  });

  it.each<{ status: number; headers?: Record<string, string>; code: ConnectorErrorCode }>([
    { status: 202, code: "invalid-response" },
    { status: 304, code: "invalid-response" },
    { status: 400, code: "bad-request" },
    { status: 401, code: "unauthorized" },
    { status: 403, code: "forbidden" },
    { status: 403, headers: { "retry-after": "5" }, code: "rate-limited" },
    { status: 403, headers: { "x-ratelimit-remaining": "0" }, code: "rate-limited" },
    { status: 403, headers: { "x-ratelimit-remaining": "12" }, code: "forbidden" },
    { status: 404, code: "not-visible" },
    { status: 405, code: "unsupported" },
    { status: 408, code: "timed-out" },
    { status: 409, code: "conflict" },
    { status: 422, code: "bad-request" },
    { status: 429, code: "rate-limited" },
    { status: 500, code: "unavailable" },
    { status: 501, code: "unsupported" },
    { status: 503, code: "unavailable" },
  ])("F06 of status $status $headers is $code", async ({ status, headers = {}, code }) => {
    answer = (response) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(status === 304 ? undefined : "{}");
    };
    const { ports, exchanges } = recordingPorts();
    const http = transport(server.origin, { ports });

    const error = await rejection(http.send(get("/", { schema: thing })));

    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ code, status, target: "gateway", operation: "getThing" });
    expect(exchanges.map((exchange) => exchange.status)).toEqual([status]);
    await http.close();
  });

  it("F06 says until when the target wants to be left alone", async () => {
    answer = (response) => {
      response.writeHead(429, { "retry-after": "90" });
      response.end();
    };
    const http = transport(server.origin);

    expect(await rejection(http.send(get("/")))).toMatchObject({
      code: "rate-limited",
      retryAt: new Date("2026-11-22T03:01:30.000Z"),
    });
    await http.close();
  });
});

describe("T12 an intent", () => {
  it("names the write, and carries nothing of its request", async () => {
    const intents: unknown[] = [];
    const { ports } = recordingPorts({
      beforeWrite: async (write) => {
        intents.push(write);
        return { settled: async () => undefined };
      },
    });
    const http = transport(server.origin, { ports });

    await http.send(
      get("/things/1", { method: "DELETE", headers: { authorization: "Bearer canary" }, json: { a: 1 } }),
    );

    expect(intents).toEqual([{ operation: "getThing", method: "DELETE", template: "/thing" }]);
    await http.close();
  });
});

describe("F07 a hostile answer", () => {
  const filler = Buffer.alloc(64 * 1024, "a");

  it.each<{ name: string; answer: (response: ServerResponse, url: string) => void; code: ConnectorErrorCode }>([
    {
      name: "HTML",
      answer: (response) => {
        response.writeHead(200, { "content-type": "text/html" });
        response.end("<h1>Sign in</h1>");
      },
      code: "invalid-response",
    },
    {
      name: "HTML that claims to be JSON",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end("<h1>Sign in</h1>");
      },
      code: "invalid-response",
    },
    { name: "nothing", answer: (response) => json(response, undefined), code: "invalid-response" },
    { name: "no content type", answer: (response) => void response.end("{}"), code: "invalid-response" },
    { name: "another shape", answer: (response) => json(response, { id: 1, name: [] }), code: "invalid-response" },
    { name: "a list", answer: (response) => json(response, [{ id: "1", name: "one" }]), code: "invalid-response" },
    {
      name: "bytes that are not UTF-8",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff]), Buffer.from('","name":"n"}')]));
      },
      code: "invalid-response",
    },
    {
      name: "a body without end",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const more = () => {
          while (!response.destroyed && response.write(filler));
        };
        response.on("drain", more);
        more();
      },
      code: "invalid-response",
    },
    {
      name: "an announced gigabyte",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": String(1024 ** 3) });
        response.write("{");
      },
      code: "invalid-response",
    },
    {
      name: "a zipped bomb",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end(gzipSync(JSON.stringify({ id: "1", name: " ".repeat(4 * 1024 * 1024) })));
      },
      code: "invalid-response",
    },
    {
      name: "broken compression",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end("not gzip");
      },
      code: "invalid-response",
    },
    {
      name: "an unknown encoding",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "compress" });
        response.end("{}");
      },
      code: "invalid-response",
    },
    {
      name: "a body byte by byte",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const timer = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(timer));
      },
      code: "timed-out",
    },
    { name: "silence", answer: () => undefined, code: "timed-out" },
    { name: "a reset", answer: (response) => void response.socket?.destroy(), code: "unavailable" },
    {
      name: "a body that is cut off",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
        response.write('{"id":', () => response.socket?.destroy());
      },
      code: "unavailable",
    },
    {
      name: "broken HTTP",
      answer: (response) => void response.socket?.write("HELLO\r\n\r\n"),
      code: "invalid-response",
    },
    {
      name: "huge headers",
      answer: (response) => {
        response.writeHead(200, { "x-filler": "a".repeat(100_000) });
        response.end();
      },
      code: "invalid-response",
    },
  ])("$name is $code", async ({ answer: hostile, code }) => {
    answer = hostile;
    const http = transport(server.origin, { limits: { callMs: 400, maxBytes: 256 * 1024 } });

    expect(await rejection(http.send(get("/", { schema: thing })))).toMatchObject({ code });
    await http.close();
  });

  it("that nobody needs changes nothing", async () => {
    answer = (response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end("<h1>done</h1>");
    };
    const http = transport(server.origin);

    await expect(http.send(get("/"))).resolves.toMatchObject({ status: 200, body: null });
    await http.close();
  });

  it.each<{ name: string; answer: (response: ServerResponse) => void }>([
    {
      name: "broken JSON",
      answer: (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end('{"id": canary-in-an-answer}');
      },
    },
    { name: "another shape", answer: (response) => json(response, { id: 5, name: "canary-in-an-answer" }) },
    { name: "broken HTTP", answer: (response) => void response.socket?.write("canary-in-an-answer\r\n\r\n") },
    {
      name: "a redirect",
      answer: (response) => {
        response.writeHead(302, { location: "https://elsewhere.example/?key=canary-in-an-answer" });
        response.end();
      },
    },
  ])("T12 is not quoted in the error, which may reach a log: $name", async ({ answer: hostile }) => {
    answer = hostile;
    const http = transport(server.origin, { limits: { callMs: 400 } });

    const error = await rejection(http.send(get("/", { schema: thing })));

    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("canary");
    await http.close();
  });

  it.each([
    { name: "a circle within the origin", to: (url: string) => `${url}x`, code: "invalid-response" },
    { name: "another origin", to: () => "https://elsewhere.example/", code: "egress-refused" },
    { name: "the metadata service", to: () => "http://169.254.169.254/latest/meta-data/", code: "egress-refused" },
    { name: "a file", to: () => "file:///etc/passwd", code: "egress-refused" },
  ])("that redirects to $name is $code", async ({ to, code }) => {
    answer = (response, url) => {
      response.writeHead(302, { location: to(url) });
      response.end();
    };
    const http = transport(server.origin);

    expect(await rejection(http.send(get("/start", { schema: thing })))).toMatchObject({ code });
    await http.close();
  });

  it("that redirects to another origin of the same target is refused too: it would carry our headers there", async () => {
    const other = await serve((_, response) => json(response, { id: "1", name: "one" }));
    answer = (response) => {
      response.writeHead(302, { location: `${other.origin}/` });
      response.end();
    };
    const http = transport(server.origin, { origins: [server.origin, other.origin] });

    expect(await rejection(http.send(get("/", { schema: thing })))).toMatchObject({ code: "egress-refused" });
    expect(other.seen).toEqual([]);
    await http.close();
    await other.close();
  });

  it("that redirects a read with a body is not followed", async () => {
    answer = (response) => {
      response.writeHead(307, { location: "/elsewhere" });
      response.end();
    };
    const http = transport(server.origin, { reads: ["ListUsers"] });
    const listUsers = get("/", { method: "POST", operation: "ListUsers", json: {} });

    expect(await rejection(http.send(listUsers))).toMatchObject({ code: "invalid-response" });
    expect(server.seen).toEqual(["POST /"]);
    await http.close();
  });

  it("that redirects within the origin is followed, each hop in a slot of its own", async () => {
    answer = (response, url) => {
      if (url !== "/old") return json(response, { id: "1", name: "moved" });
      response.writeHead(301, { location: "/new" });
      response.end();
    };
    const { ports, events } = recordingPorts();
    const http = transport(server.origin, { ports });

    expect((await http.send(get("/old", { schema: thing }))).body).toEqual({ id: "1", name: "moved" });
    expect(events).toEqual(["slot", "slot", "recorded 200"]);
    await http.close();
  });
});

describe("a write", () => {
  const remove = { method: "DELETE", operation: "deleteThing", template: "/thing", expect: [204] } as const;

  it.each([
    { name: "GET", request: get("/"), refused: false },
    { name: "HEAD", request: get("/", { method: "HEAD" }), refused: false },
    { name: "a listed POST", request: get("/", { method: "POST", operation: "ListUsers" }), refused: false },
    { name: "DELETE", request: get("/", { method: "DELETE" }), refused: true },
    { name: "an unlisted POST", request: get("/", { method: "POST", operation: "DeleteUser" }), refused: true },
    {
      name: "a POST with a listed prefix",
      request: get("/", { method: "POST", operation: "ListUsersAll" }),
      refused: true,
    },
    { name: "a POST in other case", request: get("/", { method: "POST", operation: "listusers" }), refused: true },
    { name: "PATCH", request: get("/", { method: "PATCH" }), refused: true },
  ])("is refused where we only observe: $name", async ({ request, refused }) => {
    const { ports, events } = recordingPorts({ access: "read" });
    const http = transport(server.origin, { ports, reads: ["ListUsers"] });

    const outcome = await http.send(request).then(
      () => "sent",
      (error: ConnectorError) => error.code,
    );

    expect(outcome).toBe(refused ? "write-refused" : "sent");
    expect(server.seen).toHaveLength(refused ? 0 : 1);
    expect(events).toEqual(refused ? [] : ["slot", "recorded 200"]);
    await http.close();
  });

  it("I06 leaves after its intent and closes it with the status", async () => {
    answer = (response) => {
      events.push("arrived");
      response.writeHead(204);
      response.end();
    };
    const { ports, events } = recordingPorts();
    const http = transport(server.origin, { ports });

    await http.send({ ...remove, url: "/things/1" });

    expect(events).toEqual(["slot", "intent deleteThing", "arrived", "settled 204", "recorded 204"]);
    await http.close();
  });

  it("I06 closes its intent with the status of a refusal", async () => {
    answer = (response) => json(response, {}, 409);
    const { ports, events } = recordingPorts();
    const http = transport(server.origin, { ports });

    expect(await rejection(http.send({ ...remove, url: "/" }))).toMatchObject({ code: "conflict" });
    expect(events).toEqual(["slot", "intent deleteThing", "settled 409", "recorded 409"]);
    await http.close();
  });

  it.each([
    { name: "is reset", answer: (response: ServerResponse) => void response.socket?.destroy(), code: "unavailable" },
    { name: "gets no answer", answer: () => undefined, code: "timed-out" },
  ])("F05 whose call $name closes its intent with null", async ({ answer: lost, code }) => {
    answer = lost;
    const { ports, events, exchanges } = recordingPorts();
    const http = transport(server.origin, { ports, limits: { callMs: 300 } });

    expect(await rejection(http.send({ ...remove, url: "/" }))).toMatchObject({ code });
    expect(events).toEqual(["slot", "intent deleteThing", "settled null", "recorded null"]);
    expect(exchanges[0]).toMatchObject({ status: null, write: true });
    await http.close();
  });

  it("does not leave when its intent is refused", async () => {
    const refusal = new Error("the lease is lost");
    const { ports, events } = recordingPorts({ beforeWrite: async () => Promise.reject(refusal) });
    const http = transport(server.origin, { ports });

    expect(await rejection(http.send({ ...remove, url: "/" }))).toBe(refusal);
    expect(server.seen).toEqual([]);
    expect(events).toEqual(["slot"]);
    await http.close();
  });

  it("is never redirected", async () => {
    answer = (response) => {
      response.writeHead(307, { location: "/elsewhere" });
      response.end();
    };
    const http = transport(server.origin);

    expect(await rejection(http.send({ ...remove, url: "/here" }))).toMatchObject({ code: "invalid-response" });
    expect(server.seen).toEqual(["DELETE /here"]);
    await http.close();
  });

  it("sends its body as JSON", async () => {
    const http = transport(server.origin);

    await http.send({ ...remove, method: "POST", url: "/", json: { a: 1 }, expect: [200] });

    expect(server.requests[0]?.headers).toMatchObject({ "content-type": "application/json", "content-length": "7" });
    await http.close();
  });
});

describe("a cancelled turn", () => {
  it("ends a call that is under way", async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    const http = transport(server.origin, { ports: recordingPorts({ signal: controller.signal }).ports });

    expect(await rejection(http.send(get("/")))).toMatchObject({ code: "cancelled" });
    await http.close();
  });

  it("ends a wait for a slot, and nothing leaves", async () => {
    const controller = new AbortController();
    const { ports } = recordingPorts({
      signal: controller.signal,
      rateSlot: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
          controller.abort();
        }),
    });
    const http = transport(server.origin, { ports });

    expect(await rejection(http.send(get("/")))).toMatchObject({ code: "cancelled" });
    expect(server.seen).toEqual([]);
    await http.close();
  });
});

describe("I15 a secret in an answer", () => {
  const withSecrets = z.object({ id: z.string(), key: secretText, password: z.string() });

  it("is in no evidence, and known to the redactor from then on", async () => {
    answer = (response) =>
      json(response, { id: "has canary-key-1 in it", key: "canary-key-1", password: "canary-pw-2" });
    const redactor = createRedactor();
    const { ports, exchanges } = recordingPorts();
    const http = transport(server.origin, { ports, redactor });

    const reply = await http.send({ ...get("/"), schema: withSecrets, secretFields: ["password"] });

    expect(reply.body?.key.reveal()).toBe("canary-key-1");
    expect(reply.body?.password).toBe("canary-pw-2");
    expect(Buffer.from(exchanges[0]?.bytes ?? []).toString()).toContain(
      '"body":{"id":"has [redacted] in it","key":"[redacted]","password":"[redacted]"}',
    );
    expect(redactor.redact("log canary-key-1 and canary-pw-2")).toBe("log [redacted] and [redacted]");
    await http.close();
  });

  it("is found at every element of a list", async () => {
    answer = (response) => json(response, { data: [{ token: "canary-a-1" }, { token: "canary-b-2" }] });
    const { ports, exchanges } = recordingPorts();
    const http = transport(server.origin, { ports });

    const schema = z.object({ data: z.array(z.object({ token: z.string() })) });
    await http.send({ ...get("/"), schema, secretFields: ["data.*.token"] });

    expect(Buffer.from(exchanges[0]?.bytes ?? []).toString()).not.toContain("canary");
    await http.close();
  });

  it.each([
    { name: "a loose object", schema: z.looseObject({ id: z.string() }) },
    { name: "a record", schema: z.object({ config: z.record(z.string(), z.string()) }) },
    { name: "unknown", schema: z.object({ id: z.unknown() }) },
    { name: "any, deep inside", schema: z.object({ list: z.array(z.object({ x: z.any().optional() })).nullish() }) },
  ])("cannot hide in a schema with $name: it is refused before anything leaves", async ({ schema }) => {
    const http = transport(server.origin);

    expect(await rejection(http.send(get("/", { schema })))).toBeInstanceOf(TypeError);
    expect(server.seen).toEqual([]);
    await http.close();
  });
});
