import { answers, resetsBefore } from "../../../connectors/testkit/faults/index.ts";
import type { Fault } from "../../../connectors/testkit/faults/index.ts";
import { abroad, aGateway, connector, home, openAt, plantWorld, probesAt } from "./support.ts";

describe("the check", () => {
  it("finds nothing to say about an account where every key has an owner", async () => {
    const gateway = await aGateway();
    gateway.plant({ keys: [{ owner: "E-100" }, { owner: "E-200" }] });
    const { session } = await openAt(gateway, { settings: probesAt(gateway, [home]) });

    expect(await connector.check(session)).toEqual({
      ok: true,
      findings: [
        { level: "ok", what: `${home}: 2 API keys`, fix: null },
        { level: "ok", what: `${home}: the stage asks for a key`, fix: null },
        { level: "ok", what: `${abroad}: 0 API keys`, fix: null },
      ],
    });
    expect(gateway.writes()).toEqual([]);
    expect(gateway.violations()).toEqual([]);
  });

  it.each([
    { settings: {}, unowned: 2, fix: "tag owner" },
    { settings: { ownerTag: "Owner" }, unowned: 8, fix: "tag Owner" },
    { settings: { ownerFrom: "customer-id" }, unowned: 8, fix: "customerId" },
  ])("counts the keys that name no owner: $settings", async ({ settings, unowned, fix }) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway, { settings });

    const report = await connector.check(session);

    expect(report.findings).toContainEqual({
      level: "warning",
      what: `${home}: ${unowned} of 9 API keys name no owner: nobody can tell whose they are`,
      fix: expect.stringContaining(fix),
    });
  });

  const denied: Fault = answers(403, { Message: "no" }, { "x-amzn-errortype": "AccessDeniedException" });

  it.each<{
    name: string;
    path: RegExp;
    fault: Fault;
    probed?: boolean;
    level: string;
    what: RegExp;
    fix: RegExp | null;
  }>([
    {
      name: "a missing permission, by its name",
      path: /^\/apikeys/,
      fault: denied,
      level: "error",
      what: /needed: apigateway:GET \/apikeys\)/,
      fix: /read\.json/,
    },
    {
      name: "usage plans that it may not see",
      path: /^\/usageplans/,
      fault: denied,
      level: "warning",
      what: /needed: apigateway:GET \/usageplans/,
      fix: /read\.json/,
    },
    {
      name: "usage plans that a probe needs",
      path: /^\/usageplans/,
      fault: denied,
      probed: true,
      level: "error",
      what: /needed: apigateway:GET \/usageplans/,
      fix: /read\.json/,
    },
    {
      name: "an identity that AWS does not know",
      path: /^\/apikeys/,
      fault: answers(403, { message: "no" }, { "x-amzn-errortype": "UnrecognizedClientException" }),
      level: "error",
      what: new RegExp(`does not accept our credential.*in ${home}`),
      fix: /region is enabled/,
    },
    {
      name: "a region where nothing answers",
      path: /./,
      fault: resetsBefore(),
      level: "error",
      what: new RegExp(`in ${home}`),
      fix: /spelled/,
    },
  ])("names $name", async ({ path, fault, probed = false, level, what, fix }) => {
    const gateway = await aGateway();
    gateway.plant({ keys: [{ owner: "E-100" }] });
    gateway.faults.add({ on: { path, door: `control/${home}` }, times: "always", fault });
    const { session } = await openAt(gateway, { settings: probed ? probesAt(gateway) : {} });

    const report = await connector.check(session);

    expect(report.ok).toBe(level !== "error");
    expect(report.findings).toContainEqual({
      level,
      what: expect.stringMatching(what),
      fix: expect.stringMatching(fix ?? /./),
    });
    expect(report.findings).toContainEqual({ level: "ok", what: `${abroad}: 0 API keys`, fix: null });
  });

  it.each([
    { name: "lets anybody in", fault: answers(200, {}), what: "answers 200 without a key" },
    {
      name: "is none",
      fault: answers(
        403,
        { message: "Missing Authentication Token" },
        { "x-amzn-errortype": "MissingAuthenticationTokenException" },
      ),
      what: "answers 403 MissingAuthenticationTokenException without a key",
    },
    {
      name: "refuses in words of its own",
      fault: answers(403, { error: "no key" }),
      what: "answers 403 without a key",
    },
  ])("says when a stage $name, and a probe could tell nothing", async ({ fault, what }) => {
    const gateway = await aGateway();
    gateway.faults.add({ on: { door: "data" }, times: "always", fault });
    const { session } = await openAt(gateway, { settings: probesAt(gateway, [home]) });

    const report = await connector.check(session);

    expect(report.ok).toBe(false);
    expect(report.findings).toContainEqual(
      expect.objectContaining({ level: "error", what: expect.stringContaining(what) }),
    );
  });

  it("says when the credentials are wrong", async () => {
    const gateway = await aGateway();
    const { session } = await openAt(gateway, { admin: { ...gateway.admin, secretAccessKey: "wrong" } });

    expect(await connector.check(session)).toMatchObject({ ok: false });
  });
});
