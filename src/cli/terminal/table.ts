import { visible, widthOf } from "../verify/layout.ts";

const columns = 80;

/**
 * Rows under their heads, two spaces apart, at most 80 columns where that can be: the widest column that may be cut
 * gives way. Nothing in a cell can move the cursor.
 *
 * @param wrapped index of the column that is cut when the table is too wide; the last one when left out.
 */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  wrapped = heads.length - 1,
): string {
  const lines = [heads, ...rows.map((row) => row.map(visible))];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ""))));
  const total = widths.reduce((sum, width) => sum + width + 2, -2);
  if (total > columns) widths[wrapped] = Math.max(8, (widths[wrapped] ?? 0) - (total - columns));
  return lines
    .map((line) =>
      heads
        .map((_, column) => padded(line[column] ?? "", widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Cut with an ellipsis, or filled with spaces, to exactly this many columns. */
export function padded(text: string, width: number): string {
  if (widthOf(text) <= width) return text + " ".repeat(width - widthOf(text));
  let cut = "";
  for (const character of text) {
    if (widthOf(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut}…${" ".repeat(Math.max(0, width - 1 - widthOf(cut)))}`;
}

/** `label` and text side by side, wrapped to 80 columns under the text. */
export function field(label: string, text: string, labelWidth = 12): string {
  const room = columns - labelWidth - 2;
  const lines: string[] = [];
  for (const word of visible(text).split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => `  ${padded(index === 0 ? label : "", labelWidth)}${line}\n`).join("");
}
