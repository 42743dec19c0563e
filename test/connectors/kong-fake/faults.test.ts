import { once } from "node:events";
import { request } from "node:http";
import {
  andThen,
  answers,
  cutsAfter,
  delaysAfter,
  delaysBefore,
  emptyBody,
  type Fault,
  hangsAfter,
  hangsBefore,
  htmlBody,
  hugeBody,
  redirects,
  resetsAfter,
  resetsBefore,
  rewrites,
  throttles,
  trickles,
  truncatedJson,
  withoutEffect,
  wrongTypes,
} from "../../../connectors/testkit/faults/index.ts";
import { admin, aKong, idsOf, proxied } from "./support.ts";

/** A fake with one key, a way to delete it, and to know whether it lives. */
async function aKey(fault?: Fault) {
  const kong = await aKong();
  const { consumers } = kong.plant({
    consumers: [{ username: "ada", keyAuth: [{ key: "k-ada" }] }, { username: "bob" }],
  });
  const id = consumers[0]?.keyAuth[0]?.id ?? "";
  const path = `/consumers/ada/key-auth/${id}`;
  if (fault !== undefined) kong.faults.add({ on: { method: "DELETE" }, fault });
  return { kong, id, path, ada: consumers[0]?.id ?? "", remove: () => admin(kong, "DELETE", path) };
}

describe("F06 a fault instead of an answer has no effect", () => {
  it.each([
    { fault: throttles(), status: 429, header: null },
    { fault: throttles(7), status: 429, header: "7" },
    { fault: throttles(new Date(0)), status: 429, header: "Thu, 01 Jan 1970 00:00:00 GMT" },
    { fault: throttles("soon"), status: 429, header: "soon" },
    { fault: answers(500, { message: "An unexpected error occurred" }), status: 500, header: null },
    { fault: answers(502), status: 502, header: null },
    { fault: answers(503, undefined, { "retry-after": "1" }), status: 503, header: "1" },
    { fault: answers(401, { message: "Unauthorized" }), status: 401, header: null },
    { fault: answers(403, { message: "no" }), status: 403, header: null },
    { fault: answers(404, { message: "Not found" }), status: 404, header: null },
    { fault: redirects("http://127.0.0.1:1/elsewhere", 307), status: 307, header: null },
  ])("$status, Retry-After $header", async ({ fault, status, header }) => {
    const { kong, id, remove } = await aKey(fault);

    const spoiled = await remove();
    const alive = kong.alive(id);
    const honest = await remove();

    expect([spoiled.status, spoiled.headers.get("retry-after"), alive]).toEqual([status, header, true]);
    expect([honest.status, kong.alive(id)]).toEqual([204, false]);
    expect(kong.faults.report()).toEqual([{ name: fault.name, matched: 2, fired: 1, left: 0 }]);
  });
});

describe("F05 connections that break", () => {
  it.each([
    { fault: resetsBefore(), isAlive: true },
    { fault: resetsAfter(), isAlive: false },
  ])("$fault.name: no answer, alive is $isAlive", async ({ fault, isAlive }) => {
    const { kong, id, remove } = await aKey(fault);

    await expect(remove()).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });

    expect(kong.alive(id)).toBe(isAlive);
    expect(kong.writes()).toMatchObject([{ status: 0, faults: [fault.name] }]);
  });

  it.each([
    { fault: hangsBefore(), isAlive: true },
    { fault: hangsAfter(), isAlive: false },
  ])("$fault.name: silence until the caller gives up, alive is $isAlive", async ({ fault, isAlive }) => {
    const { kong, id, path } = await aKey(fault);

    const waiting = fetch(`${kong.adminUrl}${path}`, { method: "DELETE", signal: AbortSignal.timeout(200) });

    await expect(waiting).rejects.toThrow("timeout");
    expect(kong.alive(id)).toBe(isAlive);
    expect(kong.faults.unfired()).toEqual([]);
  });

  it("cuts: a body announced longer than it comes", async () => {
    const { kong } = await aKey();
    kong.faults.add({ on: { method: "GET" }, fault: cutsAfter(10) });

    await expect(admin(kong, "GET", "/consumers")).rejects.toMatchObject({ name: "TypeError" });
    expect((await admin(kong, "GET", "/consumers")).status).toBe(200);
  });

  it("a delay before leaves the effect out meanwhile, a delay after does not", async () => {
    const seen: boolean[] = [];
    for (const fault of [delaysBefore(300), delaysAfter(300)]) {
      const { kong, id, remove } = await aKey(fault);
      const answer = remove();
      while (kong.writes().every((call) => call.faults.length === 0)) await new Promise((next) => setImmediate(next));
      seen.push(kong.alive(id));
      expect((await answer).status).toBe(204);
      expect(kong.alive(id)).toBe(false);
    }
    expect(seen).toEqual([true, false]);
  });

  it("a caller that gives up does not hasten an effect that is delayed", async () => {
    const { kong, id, path } = await aKey(delaysBefore(3_600_000));

    const call = fetch(`${kong.adminUrl}${path}`, { method: "DELETE", signal: AbortSignal.timeout(50) });
    await expect(call).rejects.toThrow("timeout");
    for (let at = 0; at < 5; at += 1) await admin(kong, "GET", "/consumers");

    expect(kong.alive(id)).toBe(true);
  });

  it("a delayed effect reaches the fake even after its caller gave up", async () => {
    const { kong, id, path } = await aKey(delaysBefore(200));

    const call = fetch(`${kong.adminUrl}${path}`, { method: "DELETE", signal: AbortSignal.timeout(50) });
    await expect(call).rejects.toThrow("timeout");
    const meanwhile = kong.alive(id);
    while (kong.writes()[0]?.status !== 204) await new Promise((next) => setImmediate(next));

    expect([meanwhile, kong.alive(id)]).toEqual([true, false]);
  });

  it("a body that trickles arrives whole, in many pieces", async () => {
    const { kong } = await aKey();
    kong.faults.add({ on: { path: /^\/consumers$/ }, fault: trickles(40, 1) });

    const sent = request(`${kong.adminUrl}/consumers`).end();
    const [response] = (await once(sent, "response")) as [AsyncIterable<Buffer>];
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece);

    expect(pieces.length).toBeGreaterThan(2);
    expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({ next: null });
  });
});

describe("F07 bodies that are not what they should be", () => {
  it.each([
    { fault: htmlBody(), type: "text/html; charset=utf-8", text: /^<!doctype html>/ },
    { fault: emptyBody(), type: "application/json; charset=utf-8", text: /^$/ },
    { fault: truncatedJson(), type: "application/json; charset=utf-8", text: /^\{"data":\[\{[^\]]*$/ },
    { fault: wrongTypes(), type: "application/json; charset=utf-8", text: /^\{"data":\{"item0":\{"id":36,/ },
    { fault: rewrites("odd", (reply) => ({ ...reply, content: { json: 7 } })), type: /json/, text: /^7$/ },
  ])("$fault.name", async ({ fault, type, text }) => {
    const { kong } = await aKey();
    kong.faults.add({ on: { method: "GET" }, fault });

    const spoiled = await admin(kong, "GET", "/consumers");
    const honest = await admin(kong, "GET", "/consumers");

    expect(spoiled.status).toBe(200);
    expect(spoiled.headers.get("content-type")).toMatch(type);
    expect(spoiled.text).toMatch(text);
    expect(honest.json).toMatchObject({ next: null });
  });

  it("a huge body is produced while it is read, and stops when the reader does", async () => {
    const { kong } = await aKey();
    kong.faults.add({ on: { method: "GET" }, fault: hugeBody(2 ** 30), times: 2 });

    const sent = request(`${kong.adminUrl}/consumers`).end();
    const [response] = (await once(sent, "response")) as [AsyncIterable<Buffer>];
    let bytes = 0;
    for await (const piece of response) {
      bytes += piece.length;
      if (bytes > 4_000_000) break;
    }
    sent.destroy();

    expect(bytes).toBeGreaterThan(4_000_000);
    await kong.close();
  });

  it("a huge body of a modest size is JSON, and exactly as long as asked", async () => {
    const { kong } = await aKey();
    kong.faults.add({ on: { method: "GET" }, fault: hugeBody(200_000) });

    const answer = await admin(kong, "GET", "/consumers");

    expect([answer.text.length, JSON.parse(answer.text)]).toEqual([200_000, []]);
  });
});

describe("F07 success without effect", () => {
  it("the stubborn credential survives as many deletions as it was told, each answered 204", async () => {
    const { kong, id, remove } = await aKey();
    kong.stubborn(id, 2);

    const seen: [number, boolean, number][] = [];
    for (let at = 0; at < 4; at += 1) {
      const { status } = await remove();
      seen.push([status, kong.alive(id), (await proxied(kong, "/key-auth", { apikey: "k-ada" })).status]);
    }

    expect(seen).toEqual([
      [204, true, 200],
      [204, true, 200],
      [204, false, 401],
      [404, false, 401],
    ]);
    expect(kong.faults.report()).toEqual([{ name: "without-effect", matched: 4, fired: 2, left: 0 }]);
  });

  it.each([
    { method: "POST", path: "/consumers", body: { username: "new" }, status: 201, json: { username: "new" } },
    { method: "PATCH", path: "/consumers/ada", body: { tags: ["x"] }, status: 200, json: { tags: ["x"] } },
    { method: "PUT", path: "/consumers/ada", body: { custom_id: "c" }, status: 200, json: { custom_id: "c" } },
    { method: "DELETE", path: "/consumers/ada", body: undefined, status: 204, json: {} },
    { method: "POST", path: "/consumers", body: { username: "bob" }, status: 409, json: { code: 5 } },
  ])(
    "$method $path answers $status as it would, and keeps all as it was",
    async ({ method, path, body, status, json }) => {
      const { kong } = await aKey();
      kong.faults.add({ on: {}, fault: withoutEffect() });
      const before = JSON.stringify(kong.state());

      const answer = await admin(kong, method, path, body);

      expect(answer).toMatchObject({ status, json });
      expect(JSON.stringify(kong.state())).toBe(before);
      expect((await proxied(kong, "/key-auth", { apikey: "k-ada" })).status).toBe(200);
    },
  );
});

describe("F07 Kong's own lies", () => {
  it.each(["same", "none"] as const)("pages without an end (%s)", async (items) => {
    const { kong } = await aKey();
    kong.faults.add({
      on: { method: "GET", path: /^\/consumers(\?|$)/ },
      times: "always",
      fault: kong.lies.endlessPages(items),
    });

    const ids = await idsOf(kong, "/consumers", 20);

    expect(ids).toHaveLength(items === "same" ? 40 : 0);
    expect(kong.faults.report()).toMatchObject([{ fired: 20, left: "always" }]);
  });

  it.each([
    { name: "keyset, one removed: what stays is seen once", paging: "keyset" as const, doubles: 0, missed: 0 },
    { name: "position, one removed: one that stays is missed", paging: "position" as const, doubles: 0, missed: 1 },
  ])("pages drift by $name", async ({ paging, doubles, missed }) => {
    const kong = await aKong({ paging, pageSize: 2 });
    const names = Array.from({ length: 6 }, (_, at) => ({ username: `u${at}` }));
    const ids = kong
      .plant({ consumers: names })
      .consumers.map((one) => one.id)
      .sort();
    const fault = kong.lies.pagesDrift(() => kong.remove(ids[0] ?? ""));
    kong.faults.add({ on: { path: /^\/consumers/ }, fault });

    const seen = await idsOf(kong, "/consumers");

    const stayed = ids.slice(1);
    expect(seen.length - new Set(seen).size).toBe(doubles);
    expect(stayed.filter((id) => !seen.includes(id))).toHaveLength(missed);
    expect(kong.faults.unfired()).toEqual([]);
  });

  it("pages drift by position, one inserted before: one is seen twice", async () => {
    const kong = await aKong({ paging: "position", pageSize: 2 });
    kong.plant({ consumers: Array.from({ length: 5 }, (_, at) => ({ username: `u${at}` })) });
    const first = { id: "00000000-0000-4000-8000-000000000000", username: "first" };
    kong.faults.add({
      on: { path: /^\/consumers/ },
      fault: kong.lies.pagesDrift(() => kong.plant({ consumers: [first] })),
    });

    const seen = await idsOf(kong, "/consumers");

    expect(seen.length - new Set(seen).size).toBe(1);
  });

  it("answers for another consumer", async () => {
    const kong = await aKong();
    const [ada, bob] = kong.plant({
      consumers: ["ada", "bob"].map((username) => ({ username, keyAuth: [{}] })),
    }).consumers;
    kong.faults.add({ on: { subject: ada?.id ?? "" }, fault: kong.lies.answersFor(bob?.id ?? "") });

    const wrong = await idsOf(kong, "/consumers/ada/key-auth");
    const right = await idsOf(kong, "/consumers/ada/key-auth");

    expect([wrong, right]).toEqual([[bob?.keyAuth[0]?.id], [ada?.keyAuth[0]?.id]]);
  });

  it("a deleted key is still listed for so many reads, while the proxy refuses it", async () => {
    const { kong, id, remove } = await aKey();
    kong.faults.add({ on: { method: "DELETE", subject: id }, fault: kong.lies.lingers(id, { reads: 2 }) });

    await remove();
    const reads = [
      await idsOf(kong, "/consumers/ada/key-auth"),
      [String((await admin(kong, "GET", `/consumers/ada/key-auth/${id}`)).json.id)],
      await idsOf(kong, "/consumers/ada/key-auth"),
    ];

    expect(reads).toEqual([[id], [id], []]);
    expect(kong.alive(id)).toBe(false);
    expect((await proxied(kong, "/key-auth", { apikey: "k-ada" })).status).toBe(401);
  });

  it("nothing lingers of a deletion that had no effect", async () => {
    const { kong, id, remove } = await aKey();
    kong.stubborn(id);
    kong.faults.add({ on: { method: "DELETE" }, fault: kong.lies.lingers(id, { reads: 9 }) });

    await remove();
    await remove();

    expect(await idsOf(kong, "/key-auths")).toEqual([]);
  });

  it("a deleted key is still listed for its time", async () => {
    let now = Date.UTC(2026, 0, 1);
    const kong = await aKong({ clock: () => now });
    const id = kong.plant({ consumers: [{ username: "ada", keyAuth: [{}] }] }).consumers[0]?.keyAuth[0]?.id ?? "";
    kong.faults.add({ on: { method: "DELETE" }, fault: kong.lies.lingers(id, { ms: 1_000 }) });
    await admin(kong, "DELETE", `/key-auths/${id}`);

    now += 999;
    const before = await idsOf(kong, "/key-auths");
    now += 1;

    expect([before, await idsOf(kong, "/key-auths")]).toEqual([[id], []]);
  });

  it.each([
    { span: { reads: 2 }, wait: 0 },
    { span: { ms: 1_000 }, wait: 500 },
  ])("dead, then alive again ($span)", async ({ span, wait }) => {
    let now = Date.UTC(2026, 0, 1);
    const kong = await aKong({ clock: () => now });
    const { consumers } = kong.plant({ consumers: [{ username: "ada", keyAuth: [{ key: "k" }] }] });
    const id = consumers[0]?.keyAuth[0]?.id ?? "";
    kong.faults.add({ on: { method: "DELETE", subject: id }, fault: kong.lies.returns(id, span) });
    await admin(kong, "DELETE", `/key-auths/${id}`);

    const seen: string[][] = [];
    for (let at = 0; at < 3; at += 1) {
      seen.push(await idsOf(kong, "/consumers/ada/key-auth"));
      now += wait;
    }

    expect(seen).toEqual([[], [], [id]]);
    expect(kong.alive(id)).toBe(true);
    expect((await proxied(kong, "/key-auth", { apikey: "k" })).status).toBe(200);
  });
});

describe("T47 a leaver who re-mints keys", () => {
  it("makes a new key after each deletion, until frozen", async () => {
    const { kong, ada } = await aKey();
    kong.faults.add({ on: { method: "DELETE", subject: ada }, times: "always", fault: kong.lies.remints(ada) });
    const clean = async () => {
      for (const id of await idsOf(kong, "/consumers/ada/key-auth"))
        await admin(kong, "DELETE", `/consumers/ada/key-auth/${id}`);
      return (await idsOf(kong, "/consumers/ada/key-auth")).length;
    };

    const before = [await clean(), await clean()];
    await admin(kong, "POST", "/consumers/ada/plugins", { name: "request-termination" });
    const after = [await clean(), await clean()];

    expect([before, after]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it("gives up after n", async () => {
    const { kong, ada } = await aKey();
    kong.faults.add({ on: { method: "DELETE", subject: ada }, times: 1, fault: kong.lies.remints(ada) });

    for (let round = 0; round < 2; round += 1) {
      for (const id of await idsOf(kong, "/key-auths")) await admin(kong, "DELETE", `/key-auths/${id}`);
    }

    expect(await idsOf(kong, "/key-auths")).toEqual([]);
    expect(kong.faults.unfired()).toEqual([]);
  });
});

describe("what a script is for", () => {
  it.each([
    { name: "the third matching call", script: { on: { method: "GET" }, nth: 3 }, spoiled: [3] },
    { name: "two from the second", script: { on: {}, nth: 2, times: 2 }, spoiled: [1, 2] },
    { name: "every call", script: { on: {}, times: "always" as const }, spoiled: [0, 1, 2, 3] },
    { name: "a method among several", script: { on: { method: ["PUT", "POST"] }, times: 9 }, spoiled: [1] },
    { name: "a path with its query", script: { on: { path: /\?size=1$/g }, times: 9 }, spoiled: [3] },
    {
      name: "a condition",
      script: { on: { when: ({ query }: { query: URLSearchParams }) => query.has("size") } },
      spoiled: [3],
    },
    { name: "another door", script: { on: { door: "proxy" }, times: 9 }, spoiled: [] },
  ])("$name", async ({ script, spoiled }) => {
    const kong = await aKong();
    kong.faults.add({ ...script, fault: answers(503) });

    const statuses = [
      (await admin(kong, "GET", "/consumers")).status,
      (await admin(kong, "POST", "/consumers", { username: "a" })).status,
      (await admin(kong, "GET", "/consumers")).status,
      (await admin(kong, "GET", "/consumers?size=1")).status,
    ];

    expect(statuses.flatMap((status, at) => (status === 503 ? [at] : []))).toEqual(spoiled);
  });

  it("a subject is known however the call spells it", async () => {
    const { kong, id, ada } = await aKey();
    kong.faults.add({ on: { subject: id }, times: "always", fault: answers(503) });
    kong.faults.add({ on: { subject: ada }, times: "always", fault: answers(500) });

    const paths = [
      `/key-auths/${id}`,
      "/key-auths/k-ada",
      "/consumers/ada/key-auth/k-ada",
      "/consumers/ada",
      "/consumers/bob",
    ];
    const statuses = await Promise.all(paths.map(async (path) => (await admin(kong, "GET", path)).status));

    expect(statuses).toEqual([503, 503, 503, 500, 200]);
  });

  it("faults compose in the order they were added; one that answers by itself spares the later ones", async () => {
    const { kong, remove } = await aKey();
    const seen: string[] = [];
    kong.faults.add({ on: {}, fault: andThen("noted", (_, reply) => seen.push(String(reply.status))) });
    kong.faults.add({ on: {}, fault: answers(503) });
    kong.faults.add({ on: {}, fault: resetsAfter() });

    const answer = await remove();

    expect([answer.status, seen]).toEqual([503, ["503"]]);
    expect(kong.faults.report().map(({ name, matched, fired }) => [name, matched, fired])).toEqual([
      ["noted", 1, 1],
      ["answers-503", 1, 1],
      ["resets-after", 1, 0],
    ]);
    expect(kong.faults.unfired()).toEqual(["resets-after"]);
  });

  it("a script can be taken back, and all of them forgotten", async () => {
    const { kong } = await aKey();
    const takeBack = kong.faults.add({ on: {}, times: "always", fault: answers(503) });
    kong.faults.add({ on: {}, times: 5, fault: answers(500) });

    takeBack();
    const other = await admin(kong, "GET", "/consumers");
    kong.faults.reset();
    const honest = await admin(kong, "GET", "/consumers");

    expect([other.status, honest.status, kong.faults.report()]).toEqual([500, 200, []]);
  });

  it.each([{ times: 0 }, { times: 1.5 }, { nth: 0 }])("refuses %j", async (wrong) => {
    const kong = await aKong();

    expect(() => kong.faults.add({ on: {}, fault: answers(500), ...wrong })).toThrow(RangeError);
  });
});

it("closes while calls hang, trickle and wait", async () => {
  const { kong } = await aKey();
  const faults = [hangsBefore(), hangsAfter(), delaysBefore(3_600_000), trickles(1, 3_600_000)];
  for (const fault of faults) kong.faults.add({ on: { path: new RegExp(`as=${fault.name}$`) }, fault });
  const calls = faults.map((fault) => admin(kong, "GET", `/consumers?as=${fault.name}`).catch(() => "broken"));
  while (kong.faults.unfired().length > 0) await new Promise((next) => setImmediate(next));

  await kong.close();

  expect(await Promise.all(calls)).toEqual(["broken", "broken", "broken", "broken"]);
  await expect(fetch(kong.adminUrl)).rejects.toThrow("fetch failed");
});
