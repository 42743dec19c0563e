import type { Fault } from "../../../connectors/testkit/faults/index.ts";
import type { FakeApiGateway } from "../../../connectors/testkit/fakes/api-gateway/index.ts";
import { aGateway, discoverAll, freeze, leaver, openAt, plantWorld, rejection } from "./support.ts";

const assumeRole = { roleArn: "arn:aws:iam::123456789012:role/lastday", externalId: "acme-7" };

/** As STS answers; the fake itself knows API Gateway alone. */
function givesRole(gateway: FakeApiGateway): { fault: Fault; asked: string[] } {
  const { accessKeyId, secretAccessKey, sessionToken } = gateway.plantAdmin({ isSession: true });
  const asked: string[] = [];
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const raw = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>
    <SessionToken>${sessionToken ?? ""}</SessionToken><Expiration>${expiration}</Expiration>
    </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const fault: Fault = {
    name: "gives-role",
    instead(call) {
      asked.push(call.body.toString());
      return { status: 200, content: { raw, type: "text/xml" } };
    },
  };
  return { fault, asked };
}

describe("our identity", () => {
  it.each(["read", "write"] as const)("may be a role, which is assumed once, with access %s", async (access) => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { fault, asked } = givesRole(gateway);
    gateway.faults.add({ on: { method: "POST", path: /^\/$/ }, times: "always", fault });
    const { session, exchanges } = await openAt(gateway, { settings: { assumeRole }, ports: { access } });

    expect((await discoverAll(session)).findings).toHaveLength(4);
    if (access === "write") await freeze(session);

    expect(gateway.aliveOf(leaver.id)).toHaveLength(access === "write" ? 0 : 3);
    expect(asked).toEqual([expect.stringMatching(/Action=AssumeRole.*ExternalId=acme-7/)]);
    const { accessKeyId, secretAccessKey } = gateway.admin;
    for (const { bytes } of exchanges) {
      expect(Buffer.from(bytes).toString()).not.toContain(secretAccessKey);
      expect(Buffer.from(bytes).toString()).not.toContain(accessKeyId);
    }
  });

  it("may be a session, whose token is signed", async () => {
    const gateway = await aGateway();
    plantWorld(gateway);
    const { session } = await openAt(gateway, { admin: gateway.plantAdmin({ isSession: true }) });

    expect((await discoverAll(session)).findings).toHaveLength(4);
  });

  it.each([
    { name: "is not known", admin: { accessKeyId: "AKIAUNKNOWN0000000", secretAccessKey: "secret" } },
    { name: "has the wrong secret", admin: { secretAccessKey: "wrong" } },
  ])("that $name is refused for the whole target", async ({ admin }) => {
    const gateway = await aGateway();
    const { session } = await openAt(gateway, { admin: { ...gateway.admin, ...admin } });

    expect(await rejection(discoverAll(session))).toMatchObject({ code: "unauthorized" });
    expect(gateway.calls()).toHaveLength(1);
  });

  it("opens without a call", async () => {
    const gateway = await aGateway();
    await openAt(gateway);

    expect(gateway.calls()).toEqual([]);
  });
});
