/**
 * Kinds in the order in which they must be ended: a kind comes after those it names in `after`.
 * A cycle cannot be ordered; the conformance kit refuses it, and here the remaining kinds follow in their written order.
 */
export function revokeOrder(kinds: Readonly<Record<string, { after?: readonly string[] }>>): readonly string[] {
  const waiting = new Set(Object.keys(kinds));
  const order: string[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter((kind) => (kinds[kind]?.after ?? []).every((earlier) => !waiting.has(earlier)));
    for (const kind of ready.length > 0 ? ready : [...waiting]) {
      waiting.delete(kind);
      order.push(kind);
    }
  }
  return order;
}
