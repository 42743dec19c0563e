import type { Owned, OwnedTable, State } from "./state.ts";

interface Echo {
  table: OwnedTable;
  row: Owned;
  readsLeft: number;
  /** Shown meanwhile, or missing meanwhile and there again afterwards. */
  end: "gone" | "back";
}

/** What the server shows otherwise than it is, for so many reads. */
export class Echoes {
  #echoes: Echo[] = [];

  add(echo: Echo): void {
    this.#echoes.push(echo);
  }

  /** Settles what is over; called before each call is looked at. */
  settle(state: State): void {
    for (const { table, row } of this.#echoes.filter((one) => one.end === "back" && one.readsLeft <= 0)) {
      (state[table] as Owned[]).push(row);
    }
    this.#echoes = this.#echoes.filter(({ readsLeft }) => readsLeft > 0);
  }

  /** Rows of a user as they are shown. Counts as a read of each echo of that table. */
  shown<Row extends Owned>(table: OwnedTable, rows: readonly Row[], userId: string): readonly Row[] {
    const met = this.#echoes.filter((echo) => echo.table === table && echo.row.userId === userId);
    for (const echo of met) echo.readsLeft -= 1;
    return [...rows, ...met.filter(({ end }) => end === "gone").map(({ row }) => row as Row)];
  }
}
