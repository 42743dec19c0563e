import type { Answer, Context } from "../context.ts";
import { refuse } from "../errors.ts";
import { execute, type GraphqlError } from "./execute.ts";
import { rootOf } from "./identities.ts";
import { GraphqlSyntaxError, parseQuery } from "./parse.ts";

export interface GraphqlAnswer extends Answer {
  /** Fields and arguments that GitHub's schema, or the fake's part of it, does not have. */
  readonly unknown: readonly string[];
}

/**
 * Answers `POST /graphql`: 200 with `data`, `errors` or both. A query that does not fit the schema has no data.
 *
 * @see https://docs.github.com/graphql/guides/forming-calls-with-graphql
 */
export function answerGraphql(context: Context): GraphqlAnswer {
  const { caller, body } = context;
  if (caller.kind === "nobody") throw refuse.forbidden("API rate limit exceeded for the GraphQL API without a token.");
  if (caller.kind === "app") throw refuse.requiresAuthentication();
  const source = typeof body["query"] === "string" ? body["query"] : "";
  const variables = (body["variables"] ?? {}) as Readonly<Record<string, unknown>>;
  try {
    const { data, errors, unknown } = execute(rootOf(context), parseQuery(source, variables));
    if (unknown.length > 0) return { status: 200, json: { errors }, unknown };
    return { status: 200, json: errors.length === 0 ? { data } : { data, errors }, unknown };
  } catch (error) {
    if (!(error instanceof GraphqlSyntaxError)) throw error;
    const errors: GraphqlError[] = [{ message: `Parse error: ${error.message}`, path: [], locations: [] }];
    return { status: 200, json: { errors }, unknown: [error.message] };
  }
}
