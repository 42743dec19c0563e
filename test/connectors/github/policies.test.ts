import { readFile } from "node:fs/promises";
import { permissions } from "../../../connectors/github/permissions.ts";
import { permissionNames } from "../../../connectors/vendors/github/index.ts";
import { revokeOrder } from "../../../src/stages/revoke/revoke-order.ts";
import { aliveOf, leaver, plantGround, plantPerson } from "./planted.ts";
import { aGithub, connector, grantedFor, look, openAt, rejection, revoke, verify } from "./support.ts";

async function manifest(name: string): Promise<{ public: boolean; default_permissions: Record<string, string> }> {
  const file = new URL(`../../../connectors/github/policies/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")) as { public: boolean; default_permissions: Record<string, string> };
}

describe("the App manifests", () => {
  it.each([
    { name: "read", purposes: ["read"] },
    { name: "contain", purposes: ["read", "contain"] },
    { name: "delete", purposes: ["read", "contain", "delete"] },
  ])("$name.json asks for what the connector's manifest lists, and no more", async ({ name, purposes }) => {
    const { default_permissions: wanted, public: isPublic } = await manifest(name);

    expect(wanted).toEqual(grantedFor(...purposes));
    expect(isPublic).toBe(false);
  });

  it("name permissions that the adapter reads back from GitHub", () => {
    for (const { name } of permissions) expect(permissionNames).toContain(name.split("=")[0]);
  });

  it("read.json is enough for a whole look, and ends nothing", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const before = fake.stateOf(leaver);
    const { session } = await openAt(fake, { app: fake.plantApp((await manifest("read")).default_permissions) });

    const { findings, gaps, troubles } = await look(fake, session, leaver);
    const refused = [];
    for (const finding of findings.filter(({ kind }) => connector.kinds[kind]?.revoke !== undefined)) {
      refused.push(await rejection(revoke(session, finding)));
    }

    expect([...gaps, ...troubles]).toEqual([]);
    expect(findings.map(({ kind, ref }) => ({ kind, ref }))).toEqual(
      expect.arrayContaining([...aliveOf(fake, leaver)]),
    );
    for (const error of refused)
      expect(error).toMatchObject({ code: "forbidden", message: expect.stringMatching(/=write/) });
    expect(fake.stateOf(leaver)).toBe(before);
  });

  it("contain.json is enough to end tokens", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake, { app: fake.plantApp((await manifest("contain")).default_permissions) });
    const tokens = ["sso-authorization", "fine-grained-token", "token-request"];

    const { findings } = await look(fake, session, leaver);
    for (const finding of findings.filter(({ kind }) => tokens.includes(kind))) await revoke(session, finding);

    expect(aliveOf(fake, leaver).filter(({ kind }) => tokens.includes(kind))).toEqual([]);
  });

  it("delete.json is enough for everything", async () => {
    const fake = await aGithub();
    plantGround(fake);
    await plantPerson(fake, leaver);
    const { session } = await openAt(fake, { app: fake.plantApp((await manifest("delete")).default_permissions) });
    const { findings } = await look(fake, session, leaver);

    for (const kind of revokeOrder(connector.kinds)) {
      if (connector.kinds[kind]?.revoke === undefined) continue;
      for (const finding of findings.filter((one) => one.kind === kind)) {
        await revoke(session, finding);
        expect(await verify(session, finding)).toMatchObject({ state: "dead" });
      }
    }

    expect(aliveOf(fake, leaver).map(({ kind }) => kind)).toEqual(["runner"]);
  });
});
