/** Text for an 80-column terminal that cannot be made to lie by what a certificate contains. */
export const columns = 80;

/**
 * Shows what would not be seen, or would move what is seen: controls, direction overrides, zero-width and other format
 * characters, as `\u{202e}`.
 */
export function visible(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]|\p{Surrogate}/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** Columns a text takes at most: everything from the Hangul block on is counted double. */
export function widthOf(text: string): number {
  return Array.from(text, (character) => ((character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1)).reduce<number>(
    (width, columns) => width + columns,
    0,
  );
}

/** Lines of at most `columns`, the first after `label`, the others under its text. Long words are cut hard. */
export function wrap(label: string, text: string): string[] {
  const indent = " ".repeat(widthOf(label));
  const room = columns - widthOf(label);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((word) => cut(word, room))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= room) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  return lines.map((content, index) => `${index === 0 ? label : indent}${content}`.trimEnd());
}

function cut(word: string, room: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (widthOf(piece + character) > room) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}
