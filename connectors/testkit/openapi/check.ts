import type { DescribedApi, DescribedOperation } from "./describe.ts";

/** Something a caller did that the vendor's description does not know. */
export interface Violation {
  readonly what: "route" | "method" | "query" | "body";
  readonly method: string;
  readonly path: string;
  /** The query or body name that is not described. */
  readonly name?: string;
}

export interface CheckedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly queryNames: readonly string[];
  readonly bodyNames: readonly string[];
}

/** Prepares a description for many checks. */
export function checkerOf(api: DescribedApi): (request: CheckedRequest) => Violation[] {
  const known = Object.entries(api.operations).map(([key, operation]) => {
    const [method = "", template = ""] = key.split(" ");
    return { method, shape: shapeOf(template), operation };
  });
  return ({ method, path, queryNames, bodyNames }) => {
    const at = { method, path };
    const here = known.filter(({ shape }) => shape.test(path));
    if (here.length === 0) return [{ what: "route", ...at }];
    const sought = method === "HEAD" ? "GET" : method;
    const found = here.filter((one) => one.method === sought).map((one) => one.operation);
    if (found.length === 0) return [{ what: "method", ...at }];
    const stray = (names: readonly string[], isKnown: (operation: DescribedOperation, name: string) => boolean) =>
      [...new Set(names)].filter((name) => !found.some((operation) => isKnown(operation, name)));
    return [
      ...stray(queryNames, ({ query }, name) => query.includes(name)).map((name) => ({
        what: "query" as const,
        ...at,
        name,
      })),
      ...stray(bodyNames, ({ body }, name) => body === null || body.includes(name)).map((name) => ({
        what: "body" as const,
        ...at,
        name,
      })),
    ];
  };
}

function shapeOf(template: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = template
    .split(/\{[^}]+\}/)
    .map(literal)
    .join("[^/]+");
  return new RegExp(`^${pattern}$`);
}
