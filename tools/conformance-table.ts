import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One result, as a conformance test writes it (test/connectors/conformance/describe-conformance.ts). */
export interface ConformanceResult {
  subject: string;
  number: number;
  /** Of the check, in a few words. */
  name: string;
  result: { kind: "passed" } | { kind: "failed" } | { kind: "not-applicable"; reason: string };
}

const lineLength = 80;
const cellLength = 8;
const nameLength = 28;
const perBlock = Math.floor((lineLength - nameLength) / cellLength);
const numbers = Array.from({ length: 20 }, (_, at) => at + 1);

/** Every result of a folder; none when nothing was written. */
export async function readResults(folder: string): Promise<readonly ConformanceResult[]> {
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return texts.map((text) => JSON.parse(text) as ConformanceResult);
}

/** Checks x connectors in 80 columns, and below it why some do not apply. A result that is missing is shown as `-`. */
export function conformanceTable(results: readonly ConformanceResult[]): string {
  const subjects = [...new Set(results.map(({ subject }) => subject))].toSorted();
  const blocks = subjects.flatMap((_, at) => (at % perBlock === 0 ? [subjects.slice(at, at + perBlock)] : []));
  return ["Conformance", ...blocks.map((block) => blockOf(block, results)), ...reasonsOf(results)].join("\n\n");
}

function blockOf(subjects: readonly string[], results: readonly ConformanceResult[]): string {
  const heads = subjects.map(wrapped);
  const height = Math.max(...heads.map(({ length }) => length));
  const head = Array.from({ length: height }, (_, line) =>
    row(
      "",
      heads.map((lines) => lines[line - height + lines.length] ?? ""),
    ),
  );
  const body = numbers.map((number) => {
    const name = results.find((one) => one.number === number)?.name ?? "";
    return row(
      `${String(number).padStart(2)} ${name}`,
      subjects.map((subject) => cellOf(subject, number, results)),
    );
  });
  return [...head, ...body].join("\n");
}

function row(name: string, cells: readonly string[]): string {
  return `${name.slice(0, nameLength - 1).padEnd(nameLength)}${cells.map((cell) => cell.padEnd(cellLength)).join("")}`.trimEnd();
}

const shownAs = { passed: "pass", failed: "FAIL", "not-applicable": "n/a" } as const;

function cellOf(subject: string, number: number, results: readonly ConformanceResult[]): string {
  const found = results.find((one) => one.subject === subject && one.number === number);
  return found === undefined ? "-" : shownAs[found.result.kind];
}

/** A name in lines that fit a cell: "gateway-keys (Kong)" is gateway-, keys, (Kong). */
function wrapped(name: string): readonly string[] {
  const lines: string[] = [];
  for (const part of name.split(/(?<=-)|\s+/)) {
    const last = lines.at(-1);
    const isFit = last !== undefined && last.endsWith("-") && last.length + part.length < cellLength;
    if (isFit) lines[lines.length - 1] = `${last}${part}`;
    else lines.push(part.slice(0, cellLength - 1));
  }
  return lines;
}

function reasonsOf(results: readonly ConformanceResult[]): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { subject, number, result } of results.toSorted((a, b) => a.number - b.number)) {
    if (result.kind !== "not-applicable") continue;
    const said = `${String(number).padStart(2)} n/a: ${result.reason}`;
    byReason.set(said, [...(byReason.get(said) ?? []), subject]);
  }
  const lines = [...byReason].flatMap(([said, subjects]) => folded(`${said} (${subjects.join(", ")})`));
  return lines.length === 0 ? [] : [lines.join("\n")];
}

/** A sentence in lines of at most 80 characters, the later ones indented. */
function folded(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= lineLength) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `   ${word}`);
  }
  return lines;
}
