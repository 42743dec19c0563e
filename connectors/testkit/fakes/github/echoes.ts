import type { Reply } from "../../faults/index.ts";
import type { Kind, Row, State } from "./rows.ts";
import { find, withRow } from "./world.ts";

/** How long something stays: so many reads that would show it, or so many milliseconds. */
export type Span = { readonly reads: number } | { readonly ms: number };

interface Echo {
  readonly kind: Kind;
  readonly row: Row;
  /** Reads left that would show it, and the time (epoch ms) at which it is over. */
  readsLeft: number;
  readonly until: number;
  /** What happens when it is over; an echo without it is shown meanwhile. */
  readonly comeBack?: () => void;
}

/** What readers see otherwise than it is: rows still shown after they are gone, and rows gone for now. */
export class Echoes {
  readonly #clock: () => number;
  #echoes: Echo[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Shows a removed row for a while. */
  linger(kind: Kind, row: Row, span: Span): void {
    this.#echoes.push({ kind, row, ...this.#limits(span) });
  }

  /** Calls `comeBack` after so many reads that miss the row, or so many milliseconds. */
  comeBack(kind: Kind, row: Row, span: Span, comeBack: () => void): void {
    this.#echoes.push({ kind, row, ...this.#limits(span), comeBack });
  }

  /** Settles what is over. Called before each call is looked at. */
  settle(): void {
    const now = this.#clock();
    const over = this.#echoes.filter((echo) => echo.readsLeft <= 0 || now >= echo.until);
    this.#echoes = this.#echoes.filter((echo) => !over.includes(echo));
    for (const echo of over) echo.comeBack?.();
  }

  /**
   * Answers a read with what lingers. Whether a read would show a row is tried: a row that makes no difference to the
   * answer is not counted.
   */
  show(state: State, answer: (state: State) => Reply): Reply {
    const gone = this.#echoes.filter(({ kind, row }) => find(state, kind, row.id) === undefined);
    const lingering = gone.filter((echo) => echo.comeBack === undefined);
    const among = (echoes: readonly Echo[]) =>
      echoes.reduce((shown, { kind, row }) => withRow(shown, kind, row), state);
    const reply = answer(among(lingering));
    for (const echo of gone) {
      const others = lingering.filter((one) => one !== echo);
      const other = answer(among(echo.comeBack === undefined ? others : [...others, echo]));
      if (textOf(other) !== textOf(reply)) echo.readsLeft -= 1;
    }
    return reply;
  }

  #limits(span: Span): { readsLeft: number; until: number } {
    const { reads = Infinity, ms = Infinity } = span as { reads?: number; ms?: number };
    return { readsLeft: reads, until: this.#clock() + ms };
  }
}

function textOf({ status, content }: Reply): string {
  return JSON.stringify([status, content]);
}
