import { answers, resetsBefore, rewrites } from "../../../connectors/testkit/faults/index.ts";
import type { Fault } from "../../../connectors/testkit/faults/index.ts";
import { aKong, connector, openAt } from "./support.ts";

const about = (change: object): Fault =>
  rewrites("about", (reply) => ({
    ...reply,
    content: { json: { version: "3.14.0", configuration: { database: "postgres" }, ...change } },
  }));

describe("the check", () => {
  it("finds nothing to say about a Kong that allows all", async () => {
    const kong = await aKong({ adminToken: "admin" });
    const probeUrl = `${kong.proxyUrl}/key-auth`;
    const { session } = await openAt(kong, { adminToken: "admin", settings: { probeUrl } });

    expect(await connector.check(session)).toEqual({
      ok: true,
      findings: [
        { level: "ok", what: "Kong 3.14.0", fix: null },
        { level: "ok", what: "probeUrl asks for a key", fix: null },
      ],
    });
    expect(kong.writes()).toEqual([]);
    expect(kong.violations()).toEqual([]);
  });

  it.each<{ name: string; path: RegExp; fault: Fault; settings?: object; level: string; what: RegExp; fix: RegExp }>([
    {
      name: "a missing permission, by its name",
      path: /^\/hmac-auths/,
      fault: answers(403, { message: "you do not have permissions to read this resource" }),
      level: "error",
      what: /hmac-auths cannot be read/,
      fix: /read \/hmac-auths/,
    },
    {
      name: "a kind that this Kong does not know",
      path: /^\/oauth2_tokens/,
      fault: answers(404, { message: "Not found" }),
      level: "warning",
      what: /does not know oauth2_tokens/,
      fix: /plugin/,
    },
    {
      name: "a workspace that is not there",
      path: /^\/consumers/,
      fault: answers(404, { message: "Not found" }),
      level: "error",
      what: /does not know consumers/,
      fix: /workspace/,
    },
    {
      name: "a Kong without a database",
      path: /^\/$/,
      fault: about({ configuration: { database: "off" } }),
      level: "error",
      what: /without a database/,
      fix: /control plane/,
    },
    {
      name: "what it may not be told about the node itself",
      path: /^\/$/,
      fault: answers(403, { message: "you do not have permissions to read this resource" }),
      level: "warning",
      what: /getNode answered 403/,
      fix: /read \//,
    },
    {
      name: "a Kong that cannot freeze",
      path: /^\/$/,
      fault: about({ plugins: { available_on_server: { "key-auth": true } } }),
      level: "warning",
      what: /request-termination/,
      fix: /kong.conf/,
    },
    {
      name: "a control plane whose data planes nobody looks at",
      path: /^\/$/,
      fault: about({ configuration: { database: "postgres", role: "control_plane" } }),
      level: "warning",
      what: /data planes/,
      fix: /probeUrl/,
    },
  ])("names $name", async ({ path, fault, level, what, fix }) => {
    const kong = await aKong();
    kong.faults.add({ on: { path }, times: "always", fault });
    const { session } = await openAt(kong);

    const report = await connector.check(session);

    expect(report.ok).toBe(level !== "error");
    expect(report.findings).toContainEqual({
      level,
      what: expect.stringMatching(what),
      fix: expect.stringMatching(fix),
    });
  });

  it.each([
    { adminToken: "wrong", what: "Kong does not accept our token" },
    { adminToken: undefined, what: "Kong does not accept our token" },
  ])("says when the token $adminToken is not accepted", async ({ adminToken, what }) => {
    const kong = await aKong({ adminToken: "admin" });
    const { session } = await openAt(kong, adminToken === undefined ? {} : { adminToken });

    const report = await connector.check(session);

    expect(report).toMatchObject({ ok: false, findings: expect.arrayContaining([expect.objectContaining({ what })]) });
  });

  it("says when nothing answers at all", async () => {
    const kong = await aKong();
    kong.faults.add({ on: { path: /./ }, times: "always", fault: resetsBefore() });
    const { session } = await openAt(kong);

    const report = await connector.check(session);

    expect(report).toMatchObject({ ok: false, findings: [{ level: "error" }, { level: "error" }] });
  });

  it("says when a probe could not tell a dead key from a live one", async () => {
    const kong = await aKong();
    const { session } = await openAt(kong, { settings: { probeUrl: `${kong.proxyUrl}/open` } });

    const report = await connector.check(session);

    expect(report.ok).toBe(false);
    expect(report.findings.at(-1)?.what).toContain("cannot tell a dead key from a live one");
  });
});
