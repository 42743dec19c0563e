import type { CliIo } from "../context.ts";

export interface Style {
  bold: (text: string) => string;
  dim: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
  careful: (text: string) => string;
}

/**
 * Colour for a person at a terminal, plain text for everything else.
 * @see https://no-color.org
 */
export function styleFor(io: Pick<CliIo, "env" | "isTerminal">, stream: "out" | "err" = "out"): Style {
  const { NO_COLOR: noColor, TERM: term } = io.env;
  const isColoured = io.isTerminal[stream] && (noColor === undefined || noColor === "") && term !== "dumb";
  const paint = (open: number, close: number) => (text: string) =>
    isColoured ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: paint(1, 22), dim: paint(2, 22), good: paint(32, 39), bad: paint(31, 39), careful: paint(33, 39) };
}
