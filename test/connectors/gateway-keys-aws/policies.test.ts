import { readFileSync } from "node:fs";
import { apiGatewayPermissions } from "../../../connectors/gateway-keys/aws/permissions.ts";
import { gatewayKeys } from "../../../connectors/gateway-keys/index.ts";
import type { FakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import {
  aGateway,
  apiKey,
  connector,
  discoverAll,
  freeze,
  leaver,
  openAt,
  plantWorld,
  probesAt,
  rejection,
  unfreeze,
} from "./support.ts";

const parts = ["read", "contain", "delete"] as const;
type Part = (typeof parts)[number];

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

/** What a policy file allows, as method and path. */
function allowedBy(part: Part): readonly string[] {
  const file = new URL(`../../../connectors/gateway-keys/aws/policies/${part}.json`, import.meta.url);
  const { Statement } = JSON.parse(readFileSync(file, "utf8")) as { Statement: Statement[] };
  return Statement.flatMap(({ Effect, Action, Resource }) => {
    expect(Effect).toBe("Allow");
    return [Action].flat().flatMap((action) =>
      [Resource].flat().map((resource) => {
        expect([action, resource]).toEqual([
          expect.stringMatching(/^apigateway:[A-Z]+$/),
          expect.stringMatching(/^arn:aws:apigateway:\*::\//),
        ]);
        return `${action.replace("apigateway:", "")} ${resource.replace("arn:aws:apigateway:*::", "")}`;
      }),
    );
  });
}

/** Somebody who may do what these policy files allow, and nothing else. */
function limitedTo(gateway: FakeApiGateway, ...granted: readonly Part[]) {
  return gateway.plantAdmin({ allow: granted.flatMap(allowedBy) });
}

describe("the policy files", () => {
  it.each(parts)("allow what the manifest asks for, and nothing else: %s", (part) => {
    // The role's own trust is the business of whoever may assume it.
    const asked = apiGatewayPermissions.filter((one) => one.for === part && one.name !== "sts:AssumeRole");

    expect(
      allowedBy(part)
        .map((allowed) => `apigateway:${allowed}`)
        .toSorted(),
    ).toEqual(asked.map(({ name }) => name).toSorted());
  });

  it("are of one driver, as the manifest says", () => {
    const names = gatewayKeys.permissions
      .filter(({ where }) => where?.startsWith("driver aws-api-gateway") === true)
      .map(({ name }) => name);

    expect(names).toEqual(apiGatewayPermissions.map(({ name }) => name));
    expect(gatewayKeys.permissions.every(({ where }) => where?.startsWith("driver "))).toBe(true);
  });

  it("let us observe with read alone", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway, { admin: limitedTo(gateway, "read"), settings: probesAt(gateway) });

    expect(await connector.check(session)).toMatchObject({ ok: true });
    expect((await discoverAll(session)).findings).toHaveLength(4);
    expect(await connector.account(session, leaver.id)).not.toBeNull();
    expect(await rejection(freeze(session))).toMatchObject({ code: "forbidden" });
  });

  it("let us freeze, switch off and take back with read and contain", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway, { admin: limitedTo(gateway, "read", "contain") });
    const { findings } = await discoverAll(session);

    expect(await freeze(session)).toMatchObject({ state: "disabled" });
    expect(await unfreeze(session)).toMatchObject({ state: "revoked" });
    for (const finding of findings) {
      await apiKey.disable(session, finding);
      await apiKey.restore(session, finding);
      expect(await rejection(apiKey.revoke(session, finding))).toMatchObject({
        code: "forbidden",
        message: expect.stringContaining("needed: apigateway:DELETE /apikeys/*"),
      });
    }
  });

  it("let us offboard with all three", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway, { admin: limitedTo(gateway, ...parts), settings: probesAt(gateway) });
    await freeze(session);
    const { findings, materials } = await discoverAll(session);

    for (const finding of findings) await apiKey.revoke(session, finding);

    for (const finding of findings) {
      const material = materials.get(finding.ref);
      expect(await apiKey.verify(session, finding, material === undefined ? null : { material })).toMatchObject({
        state: "dead",
        by: material === undefined ? "absence" : "probe",
      });
    }
    expect(gateway.stateOf(leaver.id)).toBe("[]");
  });
});
