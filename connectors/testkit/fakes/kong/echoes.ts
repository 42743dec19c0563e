import type { KindSpec } from "./kinds.ts";
import { foreignId, type Row } from "./store.ts";

interface Echo {
  readonly table: string;
  readonly row: Row;
  /** Reads left that would show it, and the time (epoch ms) at which it is over. */
  readsLeft: number;
  readonly until: number;
  /** What happens when it is over; an echo without it is shown meanwhile. */
  readonly comeBack?: () => void;
}

/**
 * What the Admin API shows otherwise than it is, as behind a lagging replica: rows still shown after they are gone, and
 * rows gone for now.
 */
export class Echoes {
  readonly #clock: () => number;
  #echoes: Echo[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Shows a removed row for so many more reads, or so many milliseconds. */
  linger(table: string, row: Row, span: { readonly reads?: number; readonly ms?: number }): void {
    this.#echoes.push({ table, row, ...this.#limits(span) });
  }

  /** Calls `comeBack` after so many reads that miss the row, or so many milliseconds. */
  comeBack(
    table: string,
    row: Row,
    span: { readonly reads?: number; readonly ms?: number },
    comeBack: () => void,
  ): void {
    this.#echoes.push({ table, row, ...this.#limits(span), comeBack });
  }

  /** Settles what is over. Called before each call is looked at. */
  settle(): void {
    const now = this.#clock();
    const over = this.#echoes.filter((echo) => echo.readsLeft <= 0 || now >= echo.until);
    this.#echoes = this.#echoes.filter((echo) => !over.includes(echo));
    for (const echo of over) echo.comeBack?.();
  }

  /** The stored rows and those that linger, in order of id. Counts as a read of both sorts. */
  overlay(table: string, stored: readonly Row[], belongs: (row: Row) => boolean): readonly Row[] {
    const missed = this.#echoes.filter(
      (echo) => echo.table === table && belongs(echo.row) && !stored.some((one) => one.id === echo.row.id),
    );
    for (const echo of missed) echo.readsLeft -= 1;
    const shown = missed.filter((echo) => echo.comeBack === undefined).map((echo) => echo.row);
    return shown.length === 0 ? stored : [...stored, ...shown].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The stored row, or the lingering one that the key names. Counts as a read. */
  overlayOne(
    kind: KindSpec,
    key: string,
    row: Row | undefined,
    scope?: { readonly field: string; readonly id: string },
  ): Row | undefined {
    if (row !== undefined) return row;
    return this.overlay(
      kind.name,
      [],
      (one) => isNamed(kind, one, key) && (scope === undefined || foreignId(one, scope.field) === scope.id),
    )[0];
  }

  /** Finds a lingering row without that counting as a read of it. */
  peek(kind: KindSpec, key: string): Row | undefined {
    const found = this.#echoes.find((echo) => echo.table === kind.name && isNamed(kind, echo.row, key));
    return found?.comeBack === undefined ? found?.row : undefined;
  }

  clear(): void {
    this.#echoes = [];
  }

  #limits({ reads = Infinity, ms = Infinity }: { reads?: number; ms?: number }): { readsLeft: number; until: number } {
    return { readsLeft: reads, until: this.#clock() + ms };
  }
}

function isNamed(kind: KindSpec, row: Row, key: string): boolean {
  return row.id === key || (kind.endpointKey !== undefined && row[kind.endpointKey] === key);
}
