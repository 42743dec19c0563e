import { randomUUID } from "node:crypto";
import type { Fault } from "../../faults/index.ts";
import type { Echoes } from "./echoes.ts";
import type { Owned, OwnedTable, State } from "./state.ts";

/** The lies that only this target can tell; the general ones are in the fault catalogue. */
export interface ToyLies {
  /** Every page has a next one, and holds the first page's items again. */
  endlessPages(): Fault;
  /** Once a page was served, the user has one token more and one less. */
  drifts(userId: string): Fault;
  /** What is below a user is another one's. */
  answersFor(otherId: string): Fault;
  /** For deletions: the row is shown for so many more reads. */
  lingers(table: OwnedTable, id: string, reads: number): Fault;
  /** For deletions: the row is gone for so many reads, and then back. */
  returns(table: OwnedTable, id: string, reads: number): Fault;
}

export function toyLies(state: State, echoes: Echoes): ToyLies {
  const echoing = (name: string, table: OwnedTable, id: string, reads: number, end: "gone" | "back"): Fault => {
    const find = (): Owned | undefined => (state[table] as Owned[]).find((row) => row.id === id);
    let row: Owned | undefined;
    return {
      name,
      prepare: (call) => {
        row = find();
        return call;
      },
      afterwards: () => {
        if (row !== undefined && find() === undefined) echoes.add({ table, row, readsLeft: reads, end });
      },
    };
  };
  return {
    endlessPages: () => ({
      name: "endless-pages",
      prepare: (call) => {
        const query = new URLSearchParams(call.query);
        query.delete("after");
        return { ...call, query };
      },
      rewrite: (reply) => {
        const json = reply.content !== undefined && "json" in reply.content ? reply.content.json : null;
        const isPage = typeof json === "object" && json !== null && "items" in json;
        return isPage ? { ...reply, content: { json: { ...json, next: randomUUID() } } } : reply;
      },
    }),
    drifts: (userId) => ({
      name: "drifts",
      afterwards: () => {
        const [first] = state.tokens.filter((token) => token.userId === userId);
        state.tokens = state.tokens.filter((token) => token !== first);
        // Its id comes before all others, so that a walk that has begun misses it.
        const id = `token-00000000-${state.tokens.length}`;
        state.tokens.push({ id, userId, name: "minted", value: `value-${randomUUID()}`, enabled: true });
      },
    }),
    answersFor: (otherId) => ({
      name: "answers-for-another",
      prepare: (call) => ({ ...call, path: call.path.replace(/^\/users\/[^/]+/, `/users/${otherId}`) }),
    }),
    lingers: (table, id, reads) => echoing("lingers", table, id, reads, "gone"),
    returns: (table, id, reads) => echoing("returns", table, id, reads, "back"),
  };
}
