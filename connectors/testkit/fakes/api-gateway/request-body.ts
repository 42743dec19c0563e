import type { Call } from "../../faults/index.ts";
import { refuse } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The JSON object that a call carries; an empty body is an empty object. */
export function bodyOf(call: Call): Fields {
  if (call.body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(call.body.toString("utf8"));
    if (isFields(value)) return value;
  } catch {
    throw refuse.badRequest("Invalid JSON in request body");
  }
  throw refuse.badRequest("Invalid JSON in request body");
}

/** The names a call uses, to be held against the reference: `patchOperations`, and `patchOperations.op` below it. */
export function namesIn(call: Call): { queryNames: string[]; bodyNames: string[] } {
  const queryNames = [...call.query.keys()];
  try {
    return {
      queryNames,
      bodyNames: Object.entries(bodyOf(call)).flatMap(([name, value]) => [name, ...inside(name, value)]),
    };
  } catch {
    return { queryNames, bodyNames: [] };
  }
}

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A text that may be left out. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw refuse.badRequest(`Invalid ${name} specified`);
  return value;
}

/** A flag that may be left out; the API's flags are false then. */
export function flag(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== "boolean") throw refuse.badRequest(`Invalid ${name} specified`);
  return value;
}

export function listIn(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name] ?? [];
  if (Array.isArray(value) && value.every(isFields)) return value;
  throw refuse.badRequest(`Invalid ${name} specified`);
}

function inside(name: string, value: unknown): string[] {
  const parts: unknown[] = Array.isArray(value) ? value : [];
  return parts.filter(isFields).flatMap((part) => Object.keys(part).map((inner) => `${name}.${inner}`));
}
