import type { Fault } from "../../../connectors/testkit/faults/index.ts";
import { answers, rewrites } from "../../../connectors/testkit/faults/index.ts";
import {
  aKong,
  accountOf,
  connector,
  discoverAll,
  discoverEverything,
  openAt,
  plantWorld,
  rejection,
} from "./support.ts";

async function listAccounts(session: unknown) {
  const all = [];
  for await (const { items, complete } of connector.accounts(session)) {
    expect(complete).toBe(true);
    all.push(...items);
  }
  return all;
}

describe("accounts", () => {
  it.each([1, 2, 100])("are all found in pages of %i, with what can link them to a person", async (pageSize) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong, { settings: { pageSize } });

    const found = await listAccounts(session);

    expect(found).toHaveLength(3);
    expect(found).toContainEqual({
      id: leaver.id,
      label: "leaver",
      attributes: { username: "leaver", custom_id: "e-100", tags: "team-a,contractor" },
      lastUsedAt: null,
    });
    expect(kong.violations()).toEqual([]);
  });

  it("are found by their id", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);

    expect(await connector.account(session, leaver.id)).toMatchObject({ id: leaver.id, label: "leaver" });
  });

  it.each(["leaver", "00000000-0000-4000-8000-000000000000"])("are not found by anything else: %s", async (id) => {
    const kong = await aKong();
    plantWorld(kong);
    const { session } = await openAt(kong);

    expect(await connector.account(session, id)).toBeNull();
  });

  it("I05 are not found by a name that is spelled like an id that is gone", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    kong.remove(leaver.id);
    kong.plant({ consumers: [{ username: leaver.id, keyAuth: [{}] }] });
    const { session } = await openAt(kong);

    expect(await connector.account(session, leaver.id)).toBeNull();
    expect(await connector.freeze?.(session, accountOf(leaver))).toMatchObject({ state: "already-gone" });
    expect(kong.writes()).toEqual([]);
  });

  it("I14 are not called gone by a server that shows nothing at all", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    kong.faults.add({ on: { path: /^\/consumers/ }, times: "always", fault: answers(404, { message: "Not found" }) });
    const { session } = await openAt(kong);

    expect(await rejection(connector.account(session, leaver.id))).toMatchObject({ code: "not-visible" });
    expect(await rejection(listAccounts(session))).toMatchObject({ code: "not-visible" });
  });
});

const htmlError: Fault = {
  name: "html-error",
  instead: () => ({ status: 500, content: { raw: "<h1>Internal error</h1>", type: "text/html" } }),
};

describe("discovery", () => {
  it.each([1, 2, 100])("finds each credential once in pages of %i, and nothing of anybody else", async (pageSize) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong, { settings: { pageSize } });

    const findings = await discoverEverything(session, leaver);

    expect(findings.map(({ kind, ref }) => `${kind} ${ref}`).sort()).toEqual(
      [
        ...leaver.keyAuth.map(({ id }) => `key-auth ${id}`),
        ...leaver.jwt.map(({ id }) => `jwt ${id}`),
        ...leaver.basicAuth.map(({ id }) => `basic-auth ${id}`),
        ...leaver.hmacAuth.map(({ id }) => `hmac-auth ${id}`),
        ...leaver.oauth2.map(({ id }) => `oauth2 ${id}`),
        ...leaver.oauth2.flatMap(({ tokens }) => tokens.map(({ id }) => `oauth2-token ${id}`)),
        ...leaver.acls.map(({ id }) => `acl ${id}`),
      ].sort(),
    );
    expect(new Set(findings.map(({ accountId }) => accountId))).toEqual(new Set([leaver.id]));
    expect(kong.writes()).toEqual([]);
    expect(kong.violations()).toEqual([]);
  });

  it("tells facts, and when a key ends by itself", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const { session } = await openAt(kong);

    const { findings } = await discoverAll(session, leaver, "key-auth");
    const [token] = (await discoverAll(session, leaver, "oauth2-token")).findings;
    const [group] = (await discoverAll(session, leaver, "acl")).findings;

    expect(findings.filter(({ expiresAt }) => expiresAt !== null)).toHaveLength(1);
    expect(findings[0]).toMatchObject({ holder: "owned", risk: "write", lastUsedAt: null, facts: { tags: null } });
    expect(token?.facts).toMatchObject({ application: leaver.oauth2[0]?.id });
    expect(["staff", "admins"]).toContain(group?.facts["group"]);
  });

  it("I15 keeps every secret out of findings, evidence and logs, in any spelling", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const probeUrl = `${kong.proxyUrl}/key-auth`;
    const { session, exchanges, lines } = await openAt(kong, { settings: { probeUrl } });

    const findings = await discoverEverything(session, leaver);

    const evidence = exchanges.map(({ bytes }) => Buffer.from(bytes).toString());
    for (const text of [JSON.stringify(findings), ...evidence, ...lines]) {
      expect(text).not.toMatch(/canary/i);
      expect(text).not.toContain(Buffer.from("canary").toString("base64").slice(0, 7));
    }
    expect(evidence.join()).toContain('"key":"[redacted]"');
  });

  it("hands over what a probe needs only where one is configured", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const without = await openAt(kong);
    const { session } = await openAt(kong, { settings: { probeUrl: `${kong.proxyUrl}/key-auth` } });

    expect((await discoverAll(without.session, leaver, "key-auth")).materials.size).toBe(0);
    const { materials } = await discoverAll(session, leaver, "key-auth");
    expect(leaver.keyAuth.map(({ id }) => materials.get(id)?.reveal())).toEqual(leaver.keyAuth.map(({ key }) => key));
    expect((await discoverAll(session, leaver, "jwt")).materials.size).toBe(0);
  });

  it("of a consumer that is gone finds nothing, and that is whole", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    kong.remove(leaver.id);
    const { session } = await openAt(kong);

    expect(await discoverEverything(session, leaver)).toEqual([]);
  });

  it.each([
    { name: "404", fault: answers(404, { message: "Not found" }), code: "unsupported" },
    { name: "a 500 of HTML", fault: htmlError, code: "unsupported" },
    { name: "a 500 of its own", fault: answers(500, { message: "An unexpected error occurred" }), code: "unavailable" },
    { name: "403", fault: answers(403, { message: "you do not have permissions" }), code: "forbidden" },
  ])("of a kind to which the server says $name is $code, and the other kinds are found", async ({ fault, code }) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    kong.faults.add({ on: { path: /\/hmac-auth/ }, times: "always", fault });
    const { session } = await openAt(kong);

    expect(await rejection(discoverAll(session, leaver, "hmac-auth"))).toMatchObject({ code });
    expect((await discoverAll(session, leaver, "key-auth")).findings).toHaveLength(3);
  });
});

describe("F07 a lying server", () => {
  it.each(["same", "none"] as const)("with endless pages (%s) is found out", async (items) => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    kong.faults.add({ on: { path: /\/key-auth/ }, times: "always", fault: kong.lies.endlessPages(items) });
    const { session } = await openAt(kong);

    expect(await rejection(discoverAll(session, leaver, "key-auth"))).toMatchObject({ code: "invalid-response" });
  });

  it("that lists another consumer's credentials is found out", async () => {
    const kong = await aKong();
    const { leaver, bystander } = plantWorld(kong);
    kong.faults.add({
      on: { path: new RegExp(`/consumers/${leaver.id}/`) },
      times: "always",
      fault: kong.lies.answersFor(bystander.id),
    });
    const { session } = await openAt(kong);

    expect(await rejection(discoverAll(session, leaver, "key-auth"))).toMatchObject({ code: "invalid-response" });
  });

  it("that names a next page and no way to it is found out", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const fault = rewrites("no-offset", (reply) => ({
      ...reply,
      content: { json: { data: [], next: "https://elsewhere.example/" } },
    }));
    kong.faults.add({ on: { path: /\/key-auth/ }, times: "always", fault });
    const { session } = await openAt(kong);

    expect(await rejection(discoverAll(session, leaver, "key-auth"))).toMatchObject({ code: "invalid-response" });
  });

  it("whose pages drift while they are read loses nothing that stays and gives nothing twice", async () => {
    const kong = await aKong();
    const { leaver } = plantWorld(kong);
    const [first, ...others] = [...leaver.keyAuth].sort((a, b) => (a.id < b.id ? -1 : 1));
    kong.faults.add({ on: { path: /\/key-auth/ }, fault: kong.lies.pagesDrift(() => kong.remove(first?.id ?? "")) });
    const { session } = await openAt(kong, { settings: { pageSize: 1 } });

    const { findings } = await discoverAll(session, leaver, "key-auth");

    expect(findings.map(({ ref }) => ref)).toEqual([first, ...others].map((key) => key?.id));
  });
});
