import type { Fault, Reply } from "../../faults/index.ts";
import type { Echoes } from "./echoes.ts";
import { asRecord, type Entities } from "./entities.ts";
import { kindNamed, kinds } from "./kinds.ts";
import { foreignId, type Json, type Row, type Store } from "./store.ts";

/** How long something stays: so many reads that would show it, or so many milliseconds. */
export type Span = { readonly reads: number } | { readonly ms: number };

/** The lies that only this target can tell; the general ones are in the fault catalogue. Each goes on a script. */
export interface KongLies {
  /** Lists never end: every page has a `next`. What a page holds: the honest first page again, or nothing. */
  endlessPages(items?: "same" | "none"): Fault;
  /** Something happens right after a page was served, before the next one is asked for. */
  pagesDrift(between: () => void): Fault;
  /** Lists and entities below a consumer are those of another one. */
  answersFor(otherConsumerId: string): Fault;
  /** For deletions: once the deletion had its effect, the entity is still shown for a while. */
  lingers(id: string, span: Span): Fault;
  /** For deletions: the entity is gone for a while, then there again, with the same id and value. */
  returns(id: string, span: Span): Fault;
  /** For deletions: whoever holds the consumer makes a new key at once. Over when a request-termination freezes it. */
  remints(consumerId: string): Fault;
}

export interface LiesDeps {
  readonly store: Store;
  readonly entities: Entities;
  readonly echoes: Echoes;
}

export function kongLies({ store, entities, echoes }: LiesDeps): KongLies {
  /** What a deletion is about to take, remembered before it happens. */
  const remembering = (name: string, id: string, then: (table: string, row: Row) => void): Fault => {
    let held: { table: string; row: Row } | undefined;
    return {
      name,
      prepare: (call) => {
        held = find(store, id);
        return call;
      },
      afterwards: () => {
        if (held !== undefined && find(store, id) === undefined) then(held.table, held.row);
      },
    };
  };
  return {
    endlessPages: (items = "same") => {
      let pages = 0;
      return {
        name: "endless-pages",
        prepare: (call) => ({ ...call, query: without(call.query, "offset") }),
        rewrite: (reply, call) => {
          pages += 1;
          const offset = Buffer.from(JSON.stringify([`page-${pages}`])).toString("base64");
          const next = `${call.path}?offset=${encodeURIComponent(offset)}`;
          return listed(reply, (body) => ({ ...body, next, offset, ...(items === "none" ? { data: [] } : {}) }));
        },
      };
    },
    pagesDrift: (between) => ({ name: "pages-drift", afterwards: between }),
    answersFor: (otherId) => ({
      name: "wrong-consumer",
      prepare: (call) => ({ ...call, path: call.path.replace(/^\/consumers\/[^/]+/, `/consumers/${otherId}`) }),
    }),
    lingers: (id, span) => remembering("lingers", id, (table, row) => echoes.linger(table, row, span)),
    returns: (id, span) =>
      remembering("returns", id, (table, row) => {
        echoes.comeBack(table, row, span, () => store.apply({ table, id, row }));
      }),
    remints: (consumerId) => ({
      name: "remints",
      afterwards: (_, reply) => {
        if (reply.status >= 300 || isFrozen(store, consumerId)) return;
        if (store.get("consumers", consumerId) === undefined) return;
        entities.create(kindNamed("keyauth_credentials"), { consumer: { id: consumerId } });
      },
    }),
  };
}

/** Whether every request of the consumer is ended before it reaches an upstream. */
export function isFrozen(store: Store, consumerId: string): boolean {
  return store
    .pointingAt("plugins", "consumer", consumerId)
    .some((row) => row.name === "request-termination" && row.enabled === true && foreignId(row, "route") === null);
}

function find(store: Store, id: string): { table: string; row: Row } | undefined {
  const rows = kinds.flatMap(({ name: table }) => {
    const row = store.get(table, id);
    return row === undefined ? [] : [{ table, row }];
  });
  return rows[0];
}

function without(query: URLSearchParams, name: string): URLSearchParams {
  const rest = new URLSearchParams(query);
  rest.delete(name);
  return rest;
}

/** Changes the body of a list; any other answer stays. */
function listed(reply: Reply, change: (body: Readonly<Record<string, Json>>) => Json): Reply {
  if (reply.content === undefined || !("json" in reply.content)) return reply;
  const body = asRecord(reply.content.json as Json);
  return Array.isArray(body.data) ? { ...reply, content: { json: change(body) } } : reply;
}
