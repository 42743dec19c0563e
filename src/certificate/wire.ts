import { types } from "node:util";

/** A value with its instants in the spelling of the certificate: RFC 3339 UTC with milliseconds. */
export function onWire(value: unknown): unknown {
  if (types.isDate(value)) return value.toISOString();
  if (Array.isArray(value)) return value.map(onWire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, onWire(member)]));
}

/** Only these members, so that a wider object of the caller's cannot leak into what is signed. */
export function pick<T extends object, K extends keyof T>(value: T, ...names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, value[name]])) as Pick<T, K>;
}
