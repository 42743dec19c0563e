import type { KindSpec } from "./kinds.ts";
import { foreignId, type Row } from "./store.ts";

interface Echo {
  readonly table: string;
  readonly row: Row;
  /** Reads that still show it, or the time (epoch ms) until which they do. */
  readsLeft: number;
  readonly until: number;
}

/** What the Admin API still shows after it is gone: a read replica that lags behind. */
export class Echoes {
  readonly #clock: () => number;
  #echoes: Echo[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Shows a removed row for so many more reads, or so many milliseconds. */
  linger(table: string, row: Row, how: { readonly reads?: number; readonly ms?: number }): void {
    const { reads = Number.POSITIVE_INFINITY, ms = Number.POSITIVE_INFINITY } = how;
    this.#echoes.push({ table, row, readsLeft: reads, until: this.#clock() + ms });
  }

  /** The stored rows and those that linger, in order of id. */
  overlay(table: string, stored: readonly Row[], belongs: (row: Row) => boolean): readonly Row[] {
    const heard = this.#current(table).filter(({ row }) => belongs(row) && !stored.some((one) => one.id === row.id));
    if (heard.length === 0) return stored;
    for (const echo of heard) echo.readsLeft -= 1;
    return [...stored, ...heard.map((echo) => echo.row)].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  overlayOne(
    kind: KindSpec,
    key: string,
    row: Row | undefined,
    scope?: { readonly field: string; readonly id: string },
  ): Row | undefined {
    if (row !== undefined) return row;
    const echo = this.#current(kind.name).find(
      ({ row }) => isNamed(kind, row, key) && (scope === undefined || foreignId(row, scope.field) === scope.id),
    );
    if (echo !== undefined) echo.readsLeft -= 1;
    return echo?.row;
  }

  /** Finds a lingering row without that counting as a read of it. */
  peek(kind: KindSpec, key: string): Row | undefined {
    return this.#current(kind.name).find(({ row }) => isNamed(kind, row, key))?.row;
  }

  clear(): void {
    this.#echoes = [];
  }

  #current(table: string): Echo[] {
    const now = this.#clock();
    this.#echoes = this.#echoes.filter((echo) => echo.readsLeft > 0 && now < echo.until);
    return this.#echoes.filter((echo) => echo.table === table);
  }
}

function isNamed(kind: KindSpec, row: Row, key: string): boolean {
  return row.id === key || (kind.endpointKey !== undefined && row[kind.endpointKey] === key);
}
