import { z } from "zod";
import type { Connector, Kind, Page } from "../../../../connectors/contract/connector.ts";
import { ConnectorError } from "../../../../connectors/contract/error.ts";
import type { Finding, Outcome, Verdict } from "../../../../src/domain/access.ts";
import type { ToyClient, ToyContext } from "./client.ts";
import { alive, dead, found } from "./kinds.ts";
import { all, userPages } from "./listing.ts";
import { toy } from "./toy.ts";

/** A connector that is wrong in one way, and the check that is meant for it. */
export interface Broken {
  name: string;
  caughtBy: number;
  /** What the check says about it: it is not to fail for another reason. */
  says: RegExp;
  connector: Connector;
}

type ToyKind = Kind<ToyClient>;
const { token, session, user } = toy.kinds;
const { "shared-key": sharedKey } = toy.kinds;
const { rotate } = sharedKey;
if (rotate === undefined) throw new Error("the toy rotates nothing");

function withKind(name: keyof typeof toy.kinds, change: Partial<ToyKind>): Connector {
  return { ...toy, kinds: { ...toy.kinds, [name]: { ...toy.kinds[name], ...change } } };
}

/** @param change what is different about the client, given the correct one. */
function withClient(change: (client: ToyClient, context: ToyContext) => Partial<ToyClient>): Connector {
  const open = async (context: ToyContext): Promise<ToyClient> => {
    const client = await toy.open(context);
    return { ...client, ...change(client, context) };
  };
  return { ...toy, open };
}

/** Whatever the transport throws with this code is treated otherwise. */
function withTransport(
  code: string,
  instead: (again: () => Promise<unknown>, thrown: ConnectorError) => unknown,
): Connector {
  const open = async (context: ToyContext): Promise<ToyClient> => {
    const send = async (request: Parameters<typeof context.http.send>[0]) => {
      try {
        return await context.http.send(request);
      } catch (thrown) {
        if (!(thrown instanceof ConnectorError) || thrown.code !== code) throw thrown;
        return instead(() => context.http.send(request), thrown);
      }
    };
    return toy.open({ ...context, http: { ...context.http, send: send as typeof context.http.send } });
  };
  return { ...toy, open };
}

/** Answers of one session, kept for its whole life. */
function remembering<Value>(work: (client: ToyClient, finding: Finding) => Promise<Value>) {
  const kept = new WeakMap<ToyClient, Map<string, Promise<Value>>>();
  return (client: ToyClient, finding: Finding): Promise<Value> => {
    const mine = kept.get(client) ?? new Map<string, Promise<Value>>();
    kept.set(client, mine);
    const value = mine.get(finding.ref) ?? work(client, finding);
    mine.set(finding.ref, value);
    return value;
  };
}

const firstPageOf = async function* (client: ToyClient, { id }: { id: string }): AsyncGenerator<Page<Finding>> {
  const page = await client.tokens(id, null);
  yield { items: (page?.items ?? []).map((row) => found("token", row.id, id, row.name)), complete: true };
};

const discovered = new WeakMap<ToyClient, Promise<readonly Page<Finding>[]>>();
const discoverOnce: ToyKind["discover"] = async function* (client, account, known) {
  const pages = discovered.get(client) ?? collect(token.discover(client, account, known));
  discovered.set(client, pages);
  yield* await pages;
};

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const emptyPage = { items: [], next: null };
const gone: Outcome = { state: "already-gone" };

/** Most differ from the correct one in one function. */
export const broken: readonly Broken[] = [
  {
    name: "comes after a kind that it does not have",
    caughtBy: 1,
    says: /user comes after nothing, unknown here/,
    connector: withKind("user", { after: ["token", "session", "nothing"] }),
  },
  {
    name: "lets unknown settings through",
    caughtBy: 1,
    says: /settings lets unknown fields through/,
    connector: { ...toy, settings: z.object({ baseUrl: z.url().describe("Where it answers") }) },
  },
  {
    name: "asks for a permission without saying why",
    caughtBy: 1,
    says: /everything is not explained/,
    connector: {
      ...toy,
      permissions: [...toy.permissions, { name: "everything", for: "delete", why: "" }],
    },
  },
  {
    name: "calls reversible what it cannot restore",
    caughtBy: 1,
    says: /session is called reversible/,
    connector: withKind("session", { reversible: true }),
  },
  {
    name: "reads the first page only",
    caughtBy: 2,
    says: /token\/.* is in what was planted and not in the look/,
    connector: withKind("token", { discover: firstPageOf }),
  },
  {
    name: "gives items another name in every look",
    caughtBy: 2,
    says: /session\/.* is in the second look and not in the first/,
    connector: withKind("session", {
      async *discover(client, account, known) {
        for await (const page of session.discover(client, account, known)) {
          yield { ...page, items: page.items.map((item) => ({ ...item, ref: `${item.ref}-${Math.random()}` })) };
        }
      },
    }),
  },
  {
    name: "follows pages for a while and calls that all",
    caughtBy: 3,
    says: /token is called complete after endless pages/,
    connector: withKind("token", {
      async *discover(client, { id }) {
        let cursor: string | null = null;
        for (let pages = 0; pages < 60; pages += 1) {
          const page: Awaited<ReturnType<ToyClient["tokens"]>> = await client.tokens(id, cursor);
          yield { items: (page?.items ?? []).map((row) => found("token", row.id, id, row.name)), complete: true };
          cursor = page?.next ?? null;
          if (cursor === null) return;
        }
      },
    }),
  },
  {
    name: "looks for access once a session, and holds a suspended user for harmless",
    caughtBy: 3,
    says: /token\/.* still works/,
    connector: {
      ...toy,
      kinds: {
        ...toy.kinds,
        token: { ...token, discover: discoverOnce },
        user: { ...user, verify: async () => ({ state: "dead", by: "state", reason: "suspended" }) },
      },
    },
  },
  {
    name: "ends everybody's sessions",
    caughtBy: 4,
    says: /the bystander is not as they were/,
    connector: withKind("session", {
      async revoke(client, finding) {
        for (const { id } of await all(userPages(client))) {
          for (const row of (await client.sessions(id, null))?.items ?? []) await client.deleteSession(id, row.id);
        }
        return session.revoke?.(client, finding) ?? gone;
      },
    }),
  },
  {
    name: "forgets what comes after a plus and digits at the end",
    caughtBy: 5,
    says: /the rules find nobody and not leaver alone/,
    connector: {
      ...toy,
      async *accounts(client: ToyClient) {
        for await (const { items, complete } of toy.accounts(client)) {
          const bare = (text: string): string => text.replace(/\+[^@]*/, "").replace(/\d+@/, "@");
          const attributes = ({ name, email }: (typeof items)[number]["attributes"]) => ({ name, email: bare(email) });
          yield { items: items.map((item) => ({ ...item, attributes: attributes(item.attributes) })), complete };
        }
      },
    },
  },
  {
    name: "takes names that differ in letter case for one",
    caughtBy: 5,
    says: /ends as done, and not as a question/,
    connector: {
      ...toy,
      async *accounts(client: ToyClient) {
        const names = new Set<string>();
        const isNew = ({ label }: { label: string }): boolean =>
          !names.has(label.toLowerCase()) && Boolean(names.add(label.toLowerCase()));
        const pages = await collect(toy.accounts(client));
        const rows = pages.flatMap(({ items }) => items).toSorted((a, b) => (a.label < b.label ? 1 : -1));
        yield { items: rows.filter(isNew), complete: true };
      },
    },
  },
  {
    name: "calls a write a read",
    caughtBy: 6,
    says: /asked for a change: DELETE/,
    connector: { ...toy, reads: ["deleteSession"] },
  },
  {
    name: "fails when what it ends is gone",
    caughtBy: 7,
    says: /session\/.* for the second time: bad-request/,
    connector: withClient((client) => ({
      async deleteSession(userId, id) {
        if ((await client.deleteSession(userId, id)) === "deleted") return "deleted";
        throw client.failed("bad-request", "deleteSession", "found nothing to delete");
      },
    })),
  },
  {
    name: "freezes anew each time",
    caughtBy: 7,
    says: /freeze for the second time had 1 effects/,
    connector: {
      ...toy,
      async freeze(client: ToyClient, { id }: { id: string }) {
        await client.suspend(id, `lastday ${Math.random()}`);
        return { state: "disabled" };
      },
    },
  },
  {
    name: "cannot freeze what an earlier attempt froze",
    caughtBy: 8,
    says: /cut at request \d+, it did not end/,
    connector: {
      ...toy,
      async freeze(client: ToyClient, account: { id: string; label: string }) {
        if ((await client.user(account.id))?.suspendedBy === null) return toy.freeze(client, account);
        throw client.failed("conflict", "suspendUser", "is not possible: the user is suspended already");
      },
    },
  },
  {
    name: "takes throttling for a failure",
    caughtBy: 9,
    says: /throttling is taken for unavailable|ended as/,
    connector: withTransport("rate-limited", (_, { message, target }) => {
      throw new ConnectorError("unavailable", message, { target });
    }),
  },
  {
    name: "calls again at once when throttled",
    caughtBy: 9,
    says: /it called on/,
    connector: withTransport("rate-limited", (again) => again()),
  },
  {
    name: "takes a failing listing for an empty one",
    caughtBy: 10,
    says: /session is called complete/,
    connector: withClient((client) => ({
      sessions: (userId, cursor) => client.sessions(userId, cursor).catch(() => emptyPage),
    })),
  },
  {
    name: "takes a refused listing for an empty one",
    caughtBy: 11,
    says: /denied to read session: nothing says so/,
    connector: withClient((client) => ({
      devices: (userId, cursor) => client.devices(userId, cursor).catch(() => emptyPage),
      sessions: (userId, cursor) => client.sessions(userId, cursor).catch(() => emptyPage),
    })),
  },
  {
    name: "does not say which permission is missing",
    caughtBy: 11,
    says: /sessions:read is not named/,
    connector: withTransport("forbidden", (_, { target }) => {
      throw new ConnectorError("not-visible", "something is missing", { target });
    }),
  },
  {
    name: "believes that what was deleted is dead",
    caughtBy: 12,
    says: /token\/.* is alive, and the verdict is unknown/,
    connector: withKind("token", { verify: async () => dead("it was deleted") }),
  },
  {
    name: "does not look whose tokens it got",
    caughtBy: 12,
    says: /token takes another account's listing for a whole one/,
    connector: withKind("token", {
      async *discover(client, { id }) {
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<ToyClient["tokens"]>> = await client.tokens(id, cursor);
          yield { items: (page?.items ?? []).map((row) => found("token", row.id, id, row.name)), complete: true };
          cursor = page?.next ?? null;
        } while (cursor !== null);
      },
    }),
  },
  {
    name: "takes what it cannot read for nothing",
    caughtBy: 12,
    says: /session takes nothing for a whole listing/,
    connector: withTransport("invalid-response", () => ({ status: 200, headers: {}, body: emptyPage, problem: null })),
  },
  {
    name: "stays with its first verdict",
    caughtBy: 13,
    says: /session\/.* came back, and the verdict is unknown/,
    connector: withKind("session", { verify: remembering((client, finding) => session.verify(client, finding, null)) }),
  },
  {
    name: "calls dead what it has just deleted, shown or not",
    caughtBy: 13,
    says: /session\/.* is called dead while the server still shows it/,
    connector: withKind("session", {
      async verify(client, finding) {
        const again = await client.deleteSession(finding.accountId, finding.ref);
        return again === "absent"
          ? { ...dead("it cannot be deleted again"), by: "state" }
          : alive("it could be deleted");
      },
    }),
  },
  {
    name: "takes any 404 for gone",
    caughtBy: 14,
    says: /with its writes hidden, token\/.* is called already-gone/,
    connector: withKind("token", {
      disable: async (client, finding) => token.disable?.(client, finding).catch(() => gone) ?? gone,
      revoke: async (client, { accountId, ref }) =>
        (await client.deleteToken(accountId, ref)) === "deleted" ? { state: "revoked" } : gone,
    }),
  },
  {
    name: "takes a listing that is not found for an empty one",
    caughtBy: 14,
    says: /session\/.* is missing from a listing that is called whole/,
    connector: withClient((client) => ({
      sessions: async (userId, cursor) => (await client.sessions(userId, cursor)) ?? emptyPage,
    })),
  },
  {
    name: "shows a value among its facts",
    caughtBy: 15,
    says: /a finding holds the secret can/,
    connector: withKind("token", {
      async *discover(client, { id }) {
        for (const row of (await client.tokens(id, null))?.items ?? []) {
          const value = Buffer.from(`token:${row.value.reveal()}`).toString("base64");
          yield { items: [found("token", row.id, id, row.name, { value })], complete: true };
        }
      },
    }),
  },
  {
    name: "logs what it sends",
    caughtBy: 15,
    says: /a log line holds the secret can/,
    connector: withClient((client, { log, secrets }) => ({
      users(cursor) {
        log.debug("asking", { authorization: `Bearer ${secrets.adminToken.reveal()}` });
        return client.users(cursor);
      },
    })),
  },
  {
    name: "does not say that sessions must end before their user",
    caughtBy: 16,
    says: /with user as early as may be: conflict/,
    connector: { ...toy, kinds: { ...toy.kinds, user: { ...user, after: ["token"] } } },
  },
  {
    name: "looks once a session",
    caughtBy: 17,
    says: /session\/.* was put back, and the verdict is/,
    connector: withKind("session", {
      verify: remembering(async (client, finding): Promise<Verdict> => session.verify(client, finding, null)),
    }),
  },
  {
    name: "leaves a key behind whose value nobody has",
    caughtBy: 18,
    says: /cut at request \d+ after-effect: 2 values of/,
    connector: withKind("shared-key", {
      rotate: {
        ...rotate,
        create: (client, { facts }, { token }) => client.issueKey(String(facts["secret"]), token),
      },
    }),
  },
  {
    name: "ends the old value before everybody has the new one",
    caughtBy: 18,
    says: /was left without a value/,
    connector: withKind("shared-key", {
      rotate: {
        ...rotate,
        async set(client, finding, issued) {
          await rotate.retire(client, finding, issued);
          await rotate.set(client, finding, issued);
        },
      },
    }),
  },
  {
    name: "takes the new value back from those who already have it",
    caughtBy: 18,
    says: /was left without a value/,
    connector: withKind("shared-key", {
      rotate: {
        ...rotate,
        async rollBack(client, { facts }, { ref }) {
          await client.deleteKey(String(facts["secret"]), ref);
          return { state: "revoked" };
        },
      },
    }),
  },
  {
    name: "restores nothing",
    caughtBy: 19,
    says: /token\/.* is not as it was/,
    connector: withKind("token", { restore: async () => ({ state: "revoked" }) }),
  },
  {
    name: "says frozen and does nothing",
    caughtBy: 19,
    says: /the freeze changed nothing/,
    connector: { ...toy, freeze: async () => ({ state: "disabled" }) },
  },
];
