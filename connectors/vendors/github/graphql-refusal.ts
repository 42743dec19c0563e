import type { SdkFailure, WireAnswer } from "../../contract/http.ts";
import { unsaidPause } from "./throttling.ts";
import { retryAtOf } from "../../contract/answer.ts";

/** GraphQL says what went wrong in a 200. Of each error only its type is kept; its words may quote anything. */
export class GraphqlRefusal extends Error {
  override readonly name = "GraphqlRefusal";
  readonly types: readonly string[];

  constructor(errors: readonly unknown[]) {
    super("GraphQL refused the query");
    this.types = errors.map(typeOf);
  }
}

/**
 * @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export function readGraphqlRefusal(
  { types }: GraphqlRefusal,
  { headers }: Pick<WireAnswer, "headers">,
  now: Date,
): SdkFailure {
  if (types.some((type) => /^RATE_LIMIT(ED)?$/.test(type))) {
    const retryAt = retryAtOf(headers, now) ?? unsaidPause(now);
    return { kind: "failed", code: "rate-limited", meaning: "asked to slow down", retryAt };
  }
  if (types.some((type) => type === "FORBIDDEN" || type === "INSUFFICIENT_SCOPES")) {
    return { kind: "failed", code: "forbidden", meaning: "does not permit this query to our credential" };
  }
  if (types.includes("NOT_FOUND")) {
    return { kind: "failed", code: "not-visible", meaning: "shows nothing there; that alone does not prove absence" };
  }
  if (types.some((type) => type === "undefinedField" || type === "undefinedType")) {
    return { kind: "failed", code: "unsupported", meaning: "does not know what the query asks for" };
  }
  return { kind: "failed", code: "invalid-response", meaning: "refused the query without a reason that is documented" };
}

/** `type` of an execution error, or the code of one that the query itself earned. */
function typeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("type" in error && typeof error.type === "string") return error.type;
  const extensions: unknown = "extensions" in error ? error.extensions : null;
  const isCoded = typeof extensions === "object" && extensions !== null && "code" in extensions;
  return isCoded && typeof extensions.code === "string" ? extensions.code : "";
}
