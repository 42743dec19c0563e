import type { ApiKey } from "./world.ts";

/** How long something stays: so many reads that would show it, or so many milliseconds. */
export type Span = { readonly reads: number } | { readonly ms: number };

interface Echo {
  readonly key: ApiKey;
  /** Reads left that would show it, and the time (epoch ms) at which it is over. */
  readsLeft: number;
  readonly until: number;
  /** What happens when it is over; an echo without it is shown meanwhile. */
  readonly comeBack?: () => void;
}

/** Deleted keys that the control plane of a region shows all the same, and keys that are gone for now. */
export class Echoes {
  readonly #clock: () => number;
  #echoes: Echo[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Shows a deleted key for so long. */
  linger(key: ApiKey, span: Span): void {
    this.#echoes.push({ key, ...this.#limits(span) });
  }

  /** Calls `comeBack` after so many reads that miss the key, or so many milliseconds. */
  comeBack(key: ApiKey, span: Span, comeBack: () => void): void {
    this.#echoes.push({ key, ...this.#limits(span), comeBack });
  }

  /** Settles what is over. Called before each call is looked at. */
  settle(): void {
    const now = this.#clock();
    const over = this.#echoes.filter((echo) => echo.readsLeft <= 0 || now >= echo.until);
    this.#echoes = this.#echoes.filter((echo) => !over.includes(echo));
    for (const echo of over) echo.comeBack?.();
  }

  /** The stored keys and those that linger, in order of id. Counts as a read of whatever `isAsked` names. */
  overlay(stored: readonly ApiKey[], isAsked: (key: ApiKey) => boolean): readonly ApiKey[] {
    const missed = this.#echoes.filter((echo) => isAsked(echo.key) && !stored.some((one) => one.id === echo.key.id));
    for (const echo of missed) echo.readsLeft -= 1;
    const shown = missed.filter((echo) => echo.comeBack === undefined).map((echo) => echo.key);
    return shown.length === 0 ? stored : [...stored, ...shown].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #limits(span: Span): { readsLeft: number; until: number } {
    return "reads" in span
      ? { readsLeft: span.reads, until: Infinity }
      : { readsLeft: Infinity, until: this.#clock() + span.ms };
  }
}
