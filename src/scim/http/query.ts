import { ScimError } from "../error.ts";

/** The parameters of a query that this server knows; others are passed over, `aadOptscim062020` among them. */
export interface Query {
  readonly filter: string | null;
  readonly attributes: string | null;
  readonly excludedAttributes: string | null;
  /** One-based; what is below counts as 1. */
  readonly startIndex: number;
  /** At most `maxResults`; what is below 0 counts as 0. */
  readonly count: number;
}

/** Most resources of one page, as ServiceProviderConfig says. */
export const maxResults = 200;
const defaultCount = 100;
const maxStartIndex = 2_147_483_647; // OFFSET is an integer of 32 bits in our statements

/**
 * Reads the query of a request. Express's own `req.query` is not used: it turns repeated keys into lists and nested keys
 * into objects.
 * @param url path and query as received.
 * @throws {ScimError} `invalidValue` for a number that is none and for a parameter given twice.
 * @see RFC 7644 sections 3.4.2.4 and 3.9
 */
export function readQuery(url: string): Query {
  const start = url.indexOf("?");
  const parameters = new URLSearchParams(start < 0 ? "" : url.slice(start + 1));
  return {
    filter: only(parameters, "filter"),
    attributes: only(parameters, "attributes"),
    excludedAttributes: only(parameters, "excludedAttributes"),
    startIndex: clamp(integer(parameters, "startIndex") ?? 1, 1, maxStartIndex),
    count: clamp(integer(parameters, "count") ?? defaultCount, 0, maxResults),
  };
}

function only(parameters: URLSearchParams, name: string): string | null {
  const values = parameters.getAll(name);
  if (values.length > 1) throw new ScimError("invalidValue", `"${name}" is given twice`);
  return values[0] ?? null;
}

function integer(parameters: URLSearchParams, name: string): number | null {
  const text = only(parameters, name);
  if (text === null) return null;
  if (!/^[+-]?[0-9]{1,15}$/.test(text)) throw new ScimError("invalidValue", `"${name}" must be an integer`);
  return Number(text);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
