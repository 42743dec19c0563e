import { z } from "zod";
import type { Kind, Page } from "../../../../../connectors/contract/connector.ts";
import type { Finding } from "../../../../../src/domain/access.ts";
import type { ToyClient } from "../client.ts";
import { found } from "../kinds.ts";
import { all, userPages } from "../listing.ts";
import { toy } from "../toy.ts";
import type { Broken } from "./how.ts";
import { collect, gone, withKind } from "./how.ts";

const { token, session, user } = toy.kinds;

const firstPageOf = async function* (client: ToyClient, { id }: { id: string }): AsyncGenerator<Page<Finding>> {
  const page = await client.tokens(id, null);
  yield { items: (page?.items ?? []).map((row) => found("token", row.id, id, row.name)), complete: true };
};

const discovered = new WeakMap<ToyClient, Promise<readonly Page<Finding>[]>>();
const discoverOnce: Kind<ToyClient>["discover"] = async function* (client, account, known) {
  const pages = discovered.get(client) ?? collect(token.discover(client, account, known));
  discovered.set(client, pages);
  yield* await pages;
};

/** Wrong in what it says of itself, in finding access, and in whose it is. */
export const finding: readonly Broken[] = [
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
];
