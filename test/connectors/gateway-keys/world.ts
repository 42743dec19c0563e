import type {
  ConformanceSubject,
  ConformanceWorld,
  Item,
  Matcher,
  Vocabulary,
} from "../../../connectors/testkit/conformance/index.ts";
import { countEffects } from "../../../connectors/testkit/conformance/index.ts";
import { answers, throttles } from "../../../connectors/testkit/faults/index.ts";
import { startFakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import type { FakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";
import type { PlantConsumer, PlantedConsumer } from "../../../connectors/testkit/fakes/kong/plant.ts";
import { gatewayKeys } from "../../../connectors/gateway-keys/index.ts";

/** The connector with its Kong driver, at a fake Kong with one data plane that is tried with keys. */
export const kongSubject: ConformanceSubject = {
  name: "gateway-keys (Kong)",
  connector: gatewayKeys,
  lacks: { "api-key": "Amazon API Gateway's" },
  async openWorld({ pageSize }) {
    const adminToken = "canary-admin-token";
    const kong = await startFakeKong({ adminToken, ...(pageSize === undefined ? {} : { pageSize }) });
    const effects = countEffects(kong.faults, () => JSON.stringify(kong.state()), writes);
    const people = plantPeople(kong);
    const { leaver, bystander, lookAlikes } = people;
    return {
      settings: { driver: "kong", adminUrl: kong.adminUrl, probeUrl: `${kong.proxyUrl}/key-auth`, probeTimes: 1 },
      secrets: { adminToken },
      leaver: accountOf(leaver),
      bystander: accountOf(bystander),
      lookAlikes: lookAlikes.map(accountOf),
      match: { person: robin, rules: [{ attribute: "custom_id", equals: "{externalId}", trusted: true }] },
      // Kong tells "leaver" from "Leaver", and nobody else does.
      ambiguous: { person: robin, rules: [{ attribute: "username", equals: "{localPart}", trusted: true }] },
      planted: itemsOf(leaver),
      canaries: [leaver, bystander, ...lookAlikes].flatMap(secretsOf),
      alive: aliveIn(kong, leaver),
      stateOf: (id) => kong.stateOf(id),
      effects,
      writes: () => kong.writes(),
      calls: () => kong.calls(),
      faults: kong.faults,
      vocabulary: vocabularyOf(kong, adminToken, people),
      async close() {
        await kong.close();
        const [violation] = kong.violations();
        if (violation !== undefined) throw new Error(`Kong's description does not know ${JSON.stringify(violation)}`);
      },
    } satisfies ConformanceWorld;
  },
};

const writes: Matcher = { door: "admin", method: ["POST", "PUT", "PATCH", "DELETE"] };

const robin = {
  id: "11111111-2222-4333-8444-555555555555",
  userName: "leaver@example.com",
  externalId: "e-100",
  emails: ["leaver@example.com"],
};

interface People {
  leaver: PlantedConsumer;
  bystander: PlantedConsumer;
  lookAlikes: readonly PlantedConsumer[];
}

function plantPeople(kong: FakeKong): People {
  const {
    consumers: [leaver, bystander, ...lookAlikes],
  } = kong.plant({
    consumers: [
      holding("leaver", "e-100"),
      holding("bystander", "e-555"),
      holding("leaver2", "e-1001"),
      holding("Leaver", "e-2100"),
      holding("leaver+ci", "e-100-ci"),
    ],
  });
  if (leaver === undefined || bystander === undefined) throw new Error("nobody was planted");
  return { leaver, bystander, lookAlikes };
}

/** Something of every kind, several of some. */
function holding(username: string, customId: string): PlantConsumer {
  const mine = (what: string): string => `canary-${what}-of-${customId}`;
  return {
    username,
    custom_id: customId,
    tags: ["contractor"],
    keyAuth: [{ key: mine("key-1") }, { key: mine("key-2"), ttl: 3_600 }, { key: mine("key-3") }],
    jwt: [{ key: `issuer-${customId}`, secret: mine("jwt-secret") }],
    basicAuth: [{ username: `basic-${customId}`, password: mine("password") }],
    hmacAuth: [{ username: `hmac-${customId}`, secret: mine("hmac-secret") }],
    oauth2: [
      {
        name: "app",
        client_id: `app-${customId}`,
        client_secret: mine("client-secret"),
        tokens: [{ access_token: mine("token-1") }, { access_token: mine("token-2"), expires_in: 7_200 }],
      },
    ],
    acls: ["staff", "admins"],
  };
}

function accountOf({ id, username }: PlantedConsumer) {
  return { id, label: username ?? id };
}

function itemsOf({ keyAuth, jwt, basicAuth, hmacAuth, oauth2, acls }: PlantedConsumer): readonly Item[] {
  const tokens = oauth2.flatMap(({ tokens }) => tokens);
  const held = { "key-auth": keyAuth, jwt, "basic-auth": basicAuth, "hmac-auth": hmacAuth, oauth2, acl: acls };
  return Object.entries({ ...held, "oauth2-token": tokens }).flatMap(([kind, ids]) =>
    ids.map(({ id }) => ({ kind, ref: id })),
  );
}

function secretsOf({ keyAuth, jwt, basicAuth, hmacAuth, oauth2 }: PlantedConsumer): readonly string[] {
  return [
    ...keyAuth.map(({ key }) => key),
    ...jwt.map(({ secret }) => secret),
    ...basicAuth.map(({ password }) => password),
    ...hmacAuth.map(({ secret }) => secret),
    ...oauth2.flatMap(({ clientSecret, tokens }) => [clientSecret, ...tokens.map(({ accessToken }) => accessToken)]),
  ];
}

/** Where the fake keeps each kind, and how its Admin API spells it. */
const places: Readonly<Record<string, { table: string; nested: string }>> = {
  "key-auth": { table: "keyauth_credentials", nested: "key-auth" },
  jwt: { table: "jwt_secrets", nested: "jwt" },
  "basic-auth": { table: "basicauth_credentials", nested: "basic-auth" },
  "hmac-auth": { table: "hmacauth_credentials", nested: "hmac-auth" },
  oauth2: { table: "oauth2_credentials", nested: "oauth2" },
  acl: { table: "acls", nested: "acls" },
};

/** All that the leaver has or ever had and a node still holds, whatever was minted meanwhile included. */
function aliveIn(kong: FakeKong, leaver: PlantedConsumer): () => readonly Item[] {
  const known = new Map(itemsOf(leaver).map((item) => [item.ref, item]));
  return () => {
    const state = kong.state();
    for (const [kind, { table }] of Object.entries(places)) {
      for (const { id, consumer } of state[table] ?? []) {
        if (JSON.stringify(consumer) === JSON.stringify({ id: leaver.id })) known.set(id, { kind, ref: id });
      }
    }
    return [...known.values()].filter(({ ref }) => kong.alive(ref));
  };
}

function vocabularyOf(kong: FakeKong, adminToken: string, { leaver, bystander }: People): Vocabulary {
  const planted = kong.state();
  const deletionOf = ({ ref }: Item): Matcher => ({ door: "admin", method: "DELETE", subject: ref });
  return {
    writes,
    about,
    ofAccount: { door: "admin", path: /^\/consumers\/[^/]+/ },
    throttles: (retryAfterS) => throttles(retryAfterS ?? undefined),
    denies: (kind, to) => ({
      fault: answers(403, { message: "lastday, you do not have permissions to do this to the resource" }),
      missing: permissionTo(to, kind),
    }),
    hides: () => answers(404, { message: "Not found" }),
    fails: () => answers(500, { message: "An unexpected error occurred" }),
    complains: (status, words) => answers(status, { message: `cannot do this: ${words}` }),
    endless: () => ({
      on: { door: "admin", method: "GET", path: /^\/(consumers(\/[^/]+\/[^/]+)?|oauth2\/[^/]+\/oauth2_tokens)\?/ },
      fault: kong.lies.endlessPages("same"),
    }),
    drifts() {
      const { afterwards } = kong.lies.remints(leaver.id);
      const [first] = leaver.keyAuth;
      return {
        on: { method: "GET", ...about("key-auth") },
        fault: {
          name: "drifts",
          afterwards: (call, reply) => {
            afterwards?.(call, reply);
            if (first !== undefined) kong.remove(first.id);
          },
        },
      };
    },
    lingers: (item, reads) => ({ on: deletionOf(item), fault: kong.lies.lingers(item.ref, { reads }) }),
    returns: (item, reads) => ({ on: deletionOf(item), fault: kong.lies.returns(item.ref, { reads }) }),
    async putBack({ kind, ref }) {
      const place = places[kind];
      const row = place === undefined ? undefined : planted[place.table]?.find(({ id }) => id === ref);
      if (place === undefined || row === undefined) return false;
      const { id, created_at: _, updated_at: __, consumer: ___, ttl: ____, ...fields } = row;
      const reply = await fetch(`${kong.adminUrl}/consumers/${leaver.id}/${place.nested}/${id}`, {
        method: "PUT",
        headers: { "content-type": "application/json", "kong-admin-token": adminToken },
        body: JSON.stringify(fields),
      });
      if (!reply.ok) throw new Error(`${kind} could not be put back: ${reply.status} ${await reply.text()}`);
      return true;
    },
    answersForOther: (kind) =>
      kind === "oauth2-token"
        ? null // a token names its application, and no consumer
        : { on: { method: "GET", ...about(kind) }, fault: kong.lies.answersFor(bystander.id) },
  };
}

function about(kind: string): Matcher {
  const nested = places[kind]?.nested;
  const ofTokens = /^\/(oauth2\/[^/]+\/)?oauth2_tokens\b/;
  return { door: "admin", path: nested === undefined ? ofTokens : new RegExp(`^/consumers/[^/]+/${nested}(/|\\?|$)`) };
}

/** As the README lists them. */
function permissionTo(to: "read" | "write", kind: string): string {
  const nested = places[kind]?.nested;
  if (nested === undefined) return to === "read" ? "read /oauth2/*/oauth2_tokens" : "delete /oauth2_tokens/*";
  return to === "read" ? "read /consumers/*/*" : `delete /consumers/*/${nested}/*`;
}
