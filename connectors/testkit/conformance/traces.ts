/**
 * A state without what is different in every world: ids, times, random values. Two states that are left equal differ in
 * nothing that a connector could have caused.
 */
export function withoutChance(state: string): string {
  return state
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<id>")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, "<time>")
    .replace(/\b\d{9,}(\.\d+)?\b/g, "<number>")
    .replace(/\b[A-Z0-9]{16,}\b/g, "<id>")
    .replace(/\b[0-9a-zA-Z_-]{24,}\b/g, "<id>");
}
