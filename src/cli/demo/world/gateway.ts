import { startFakeKong } from "../../../../connectors/testkit/fakes/kong/index.ts";
import type { FakeKong } from "../../../../connectors/testkit/fakes/kong/index.ts";
import { bystander, leaver } from "./people.ts";

/** The demo's API gateway. */
export interface DemoGateway {
  kong: FakeKong;
  adminToken: string;
  /** Ids of everything that must die. */
  credentials: readonly string[];
  /** The key whose first deletion is answered 204 and does nothing. */
  stubborn: string;
  bystanderId: string;
  /** All that belongs to the bystander, as one text. */
  bystanderBefore: string;
  bystanderKey: string;
  /** The consumer of the build machines, whose key lies in a secret that the leaver could read. */
  buildKeyBefore: string;
}

/** Its consumer for the build machines. */
export const buildConsumer = "builds";

/** A gateway with two people whom only a careful eye tells apart, and one credential that lies about its death. */
export async function startGateway(adminToken: string): Promise<DemoGateway> {
  const kong = await startFakeKong({ adminToken, isEnterprise: true });
  const { consumers } = kong.plant({
    consumers: [
      {
        username: leaver.userName,
        custom_id: leaver.externalId,
        keyAuth: [{}, {}, {}, {}, {}],
        jwt: [{ key: "robin-reports" }],
        basicAuth: [{ username: "robin.sample" }],
        hmacAuth: [{ username: "robin.sample" }],
        acls: ["staff"],
      },
      {
        username: bystander.userName,
        custom_id: bystander.externalId,
        keyAuth: [{}],
        basicAuth: [{ username: "robin.sample2" }],
        acls: ["staff"],
      },
      { username: buildConsumer, custom_id: "service-builds", keyAuth: [{}] },
    ],
  });
  const [leaving, staying, builds] = consumers;
  const stubborn = leaving?.keyAuth[2]?.id;
  const bystanderKey = staying?.keyAuth[0]?.key;
  const buildKeyBefore = builds?.keyAuth[0]?.key;
  if (
    leaving === undefined ||
    staying === undefined ||
    stubborn === undefined ||
    bystanderKey === undefined ||
    buildKeyBefore === undefined
  ) {
    throw new Error("the fake gateway did not plant what it was asked to");
  }
  kong.stubborn(stubborn);
  const { keyAuth, jwt, basicAuth, hmacAuth, acls } = leaving;
  return {
    kong,
    adminToken,
    credentials: [keyAuth, jwt, basicAuth, hmacAuth, acls].flat().map(({ id }) => id),
    stubborn,
    bystanderId: staying.id,
    bystanderBefore: kong.stateOf(staying.id),
    bystanderKey,
    buildKeyBefore,
  };
}

/** Whether a key opens the gateway's door, tried as its holder would. */
export async function keyWorks({ proxyUrl }: FakeKong, key: string): Promise<boolean> {
  const reply = await fetch(new URL("/key-auth", proxyUrl), { headers: { apikey: key } });
  await reply.body?.cancel();
  return reply.status === 200;
}
