import type { Call } from "../../faults/index.ts";
import { faultInBody, faultsInQuery, type Operation, routeOf, type Violation } from "./description.ts";
import { type Refusal, refuse } from "./errors.ts";

/** A call held against the description. */
export interface Inspected {
  /** Null for GraphQL, which the description does not have. */
  readonly operation: Operation | null;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export type Inspection =
  | { readonly ok: true; readonly call: Inspected }
  | { readonly ok: false; readonly violations: readonly Violation[]; readonly refusal: Refusal; readonly docs: string };

const restDocs = "https://docs.github.com/rest";

/**
 * Finds the operation and checks names and values against it. What GitHub would overlook, a query name that it does not
 * know, is refused too.
 *
 * @param path without the query, with names where GitHub's own links have ids.
 */
export function inspect(call: Call, path: string): Inspection {
  const method = call.method === "HEAD" ? "GET" : call.method;
  const at = { method: call.method, path };
  const wrong = (what: Violation["what"], details: readonly string[], refusal: Refusal, docs: string): Inspection => ({
    ok: false,
    violations: details.map((detail) => ({ what, ...at, detail })),
    refusal,
    docs,
  });
  const isGraphql = path === "/graphql" && method === "POST";
  const route = isGraphql ? null : routeOf(method, path);
  if (route === "route" || route === "method") return wrong(route, [path], refuse.notFound(), restDocs);
  const docs = route?.operation.docs ?? "https://docs.github.com/graphql";
  const body = bodyOf(call);
  if (body === "not-json") return wrong("body", ["not JSON"], refuse.notJson(), docs);
  if (body === "not-an-object") return wrong("body", ["not an object"], refuse.notAnObject(), docs);
  if (route !== null) {
    const names = faultsInQuery(route.operation, call.query);
    if (names.length > 0) return wrong("query", names, refuse.invalid(`Not in the query: ${names.join(", ")}.`), docs);
    const fault = faultInBody(route.operation, body);
    if (fault !== null) return wrong("body", [fault], refuse.invalid(fault), docs);
  }
  return { ok: true, call: { operation: route?.operation ?? null, params: route?.params ?? {}, body: body ?? {} } };
}

function bodyOf({ body }: Call): Readonly<Record<string, unknown>> | undefined | "not-json" | "not-an-object" {
  if (body.length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : "not-an-object";
  } catch {
    return "not-json";
  }
}
