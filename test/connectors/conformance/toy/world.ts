import { countEffects } from "../../../../connectors/testkit/conformance/index.ts";
import type {
  ConformanceSubject,
  Item,
  Matcher,
  Script,
  Vocabulary,
} from "../../../../connectors/testkit/conformance/index.ts";
import { startFakeToy } from "../../../../connectors/testkit/fakes/toy/index.ts";
import type { FakeToy, Planted } from "../../../../connectors/testkit/fakes/toy/index.ts";
import { answers, throttles } from "../../../../connectors/testkit/faults/index.ts";
import { toy } from "./toy.ts";

const adminToken = "canary-admin-token";

export const toySubject: ConformanceSubject = {
  name: "toy",
  connector: toy,
  async openWorld({ pageSize }) {
    const fake = await startFakeToy({ adminToken, ...(pageSize === undefined ? {} : { pageSize }) });
    const effects = countEffects(fake.faults, () => JSON.stringify(fake.state), writes);
    const [leaver, bystander, ...others] = people.map((person) => fake.plantUser(person));
    if (leaver === undefined || bystander === undefined) throw new Error("nobody was planted");
    return {
      settings: { baseUrl: fake.url },
      secrets: { adminToken },
      leaver: accountOf(leaver),
      bystander: accountOf(bystander),
      lookAlikes: others.map(accountOf),
      match: { person: robin, rules: [{ attribute: "email", equals: "{email}", trusted: true }] },
      ambiguous: { person: robin, rules: [{ attribute: "name", equals: "{localPart}", trusted: true }] },
      planted: itemsOf(leaver),
      canaries: [leaver, bystander, ...others].flatMap(({ tokens, keys }) =>
        [...tokens, ...keys].map(({ value }) => value),
      ),
      alive: () => aliveIn(fake, leaver),
      stateOf: (id) => fake.stateOf(id),
      effects,
      writes: () => fake.writes(),
      calls: () => fake.calls(),
      faults: fake.faults,
      vocabulary: vocabularyOf(fake, leaver, bystander),
      rotation: {
        consumers: () =>
          fake.state.consumers.map(({ id, secret, value }) => ({
            name: `${id} of ${secret}`,
            works: fake.state.keys.some((key) => key.value === value),
          })),
        live: () => fake.state.keys.filter(({ secret }) => secret === leaver.keys[0]?.secret).map(({ id }) => id),
      },
      close: () => fake.close(),
    };
  },
};

const people = [
  { name: "leaver", email: "leaver@example.com" },
  { name: "bystander", email: "bystander@example.com" },
  { name: "leaver2", email: "leaver2@example.com" },
  { name: "Leaver", email: "other.leaver@example.com" },
  { name: "leaver+ci", email: "leaver+ci@example.com" },
];

const writes: Matcher = { method: ["POST", "PUT", "PATCH", "DELETE"] };

const robin = {
  id: "11111111-2222-4333-8444-555555555555",
  userName: "leaver@example.com",
  externalId: "e-100",
  emails: ["leaver@example.com"],
};

function accountOf({ user }: Planted) {
  return { id: user.id, label: user.name };
}

function itemsOf({ user, tokens, sessions, devices, keys }: Planted): readonly Item[] {
  const held = { token: tokens, session: sessions, device: devices, "shared-key": keys, user: [user] };
  return Object.entries(held).flatMap(([kind, rows]) => rows.map(({ id }) => ({ kind, ref: id })));
}

/** Everything that works for the leaver now, whatever was minted meanwhile included. */
function aliveIn({ state }: FakeToy, leaver: Planted): readonly Item[] {
  const { id } = leaver.user;
  const held = {
    token: state.tokens.filter(({ userId, enabled }) => userId === id && enabled),
    session: state.sessions.filter(({ userId }) => userId === id),
    device: state.devices.filter(({ userId }) => userId === id),
    "shared-key": state.keys.filter((key) => leaver.keys.some((mine) => mine.id === key.id)),
    user: state.users.filter((user) => user.id === id),
  };
  return Object.entries(held).flatMap(([kind, rows]) => rows.map((row) => ({ kind, ref: row.id })));
}

const about: Readonly<Record<string, Matcher>> = {
  token: { path: /^\/users\/[^/]+\/tokens/ },
  session: { path: /^\/users\/[^/]+\/sessions/ },
  device: { path: /^\/users\/[^/]+\/devices/ },
  "shared-key": { path: /^\/(users\/[^/]+\/exposures|secrets\/)/ },
  user: { path: /^\/users\/[^/]+$/ },
};

const permissionTo: Readonly<Record<string, { read: string; write: string }>> = {
  token: { read: "tokens:read", write: "tokens:switch" },
  session: { read: "sessions:read", write: "sessions:delete" },
  device: { read: "devices:read", write: "devices:read" },
  "shared-key": { read: "secrets:read", write: "secrets:rotate" },
  user: { read: "users:read", write: "users:suspend" },
};

function vocabularyOf(fake: FakeToy, leaver: Planted, bystander: Planted): Vocabulary {
  const ending = (ref: string): Matcher => ({ method: "DELETE", subject: ref });
  const late = ({ kind, ref }: Item, lie: "lingers" | "returns", reads: number): Script | null => {
    const table = kind === "token" ? "tokens" : kind === "session" ? "sessions" : null;
    return table === null ? null : { on: ending(ref), fault: fake.lies[lie](table, ref, reads) };
  };
  return {
    writes,
    ofAccount: { path: /^\/users\/[^/]+/ },
    about: (kind) => about[kind] ?? {},
    throttles: (retryAfterS) => throttles(retryAfterS ?? undefined),
    denies: (kind, to) => ({ fault: answers(403, { error: "forbidden" }), missing: permissionTo[kind]?.[to] ?? kind }),
    hides: () => answers(404, { error: "not found" }),
    fails: () => answers(500, { error: "internal" }),
    complains: (status, words) => answers(status, { error: words }),
    endless: () => ({
      on: { method: "GET", path: /^\/(users|users\/[^/]+\/\w+|secrets\/[^/]+\/\w+)(\?|$)/ },
      fault: fake.lies.endlessPages(),
    }),
    drifts: () => ({ on: { method: "GET", ...about["token"] }, fault: fake.lies.drifts(leaver.user.id) }),
    lingers: (item, reads) => late(item, "lingers", reads),
    returns: (item, reads) => late(item, "returns", reads),
    async putBack({ kind, ref }) {
      const key = leaver.keys.find(({ id }) => kind === "shared-key" && id === ref);
      if (key !== undefined) fake.state.keys.push(key);
      if (key !== undefined) return true;
      const table = kind === "token" ? "tokens" : kind === "session" ? "sessions" : null;
      const row = table === null ? undefined : leaver[table].find(({ id }) => id === ref);
      if (row === undefined) return false;
      Object.assign(fake.state, { [`${kind}s`]: [...fake.state[kind === "token" ? "tokens" : "sessions"], row] });
      return true;
    },
    answersForOther: (kind) =>
      kind === "user"
        ? null // one user is asked for, and its id is looked at
        : {
            on: { method: "GET", path: new RegExp(`/(${kind}s|exposures)`) },
            fault: fake.lies.answersFor(bystander.user.id),
          },
  };
}
