import type { Octokit } from "@octokit/rest";
import type { z } from "zod";
import type { Clock } from "../../../src/domain/ports.ts";
import type { TargetHttp, TargetReply } from "../../contract/http.ts";
import type { Secret } from "../../contract/secret.ts";
import { readGithubFailure } from "./failure.ts";
import { fetchOver } from "./wire-fetch.ts";

/** One operation as GitHub documents it. */
export interface GithubRequest<Output> {
  /** Named in evidence, intents and `reads`. */
  operation: string;
  /** `DELETE /orgs/{org}/memberships/{username}`; the path goes into evidence as it stands. */
  route: string;
  /** Of the path, and beyond it of the query or the body. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Shape of the answer; `z.null()` where there is none to read. */
  schema: z.ZodType<Output>;
  /** Statuses beside 2xx that are answers rather than errors; `body` is null then. */
  expect?: readonly number[];
}

/** How GraphQL differs: it has one address for everything, and wraps what it answers. */
interface Dialect {
  template: string;
  unwrap(answer: unknown): unknown;
}

export interface ExchangeDeps {
  octokit: Octokit;
  http: TargetHttp;
  clock: Clock;
}

/** @see https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const apiVersion = "2022-11-28";

/** Octokit would tell the console of deprecations and failures. The host tells whoever should know. */
export const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Sends one operation by Octokit over the host's wire. */
export async function exchange<Output>(
  { operation, route, parameters = {}, schema, expect = [] }: GithubRequest<Output>,
  authorization: Secret,
  { octokit, http, clock }: ExchangeDeps,
  dialect: Dialect = { template: route.slice(route.indexOf(" ") + 1), unwrap: (answer) => answer },
): Promise<TargetReply<Output, string>> {
  requireSegments(route, parameters);
  return http.sendBySdk({
    operation,
    template: dialect.template,
    schema,
    async run(wire) {
      const reply: { status: number; data: unknown } = await octokit.request(route, {
        ...parameters,
        headers: { authorization: `Bearer ${authorization.reveal()}`, "x-github-api-version": apiVersion },
        request: { fetch: fetchOver(wire), log: silent },
      });
      if (reply.status >= 300) throw new Redirected(); // Octokit takes it for success, and would hand over its body
      return schema.def.type === "null" ? null : dialect.unwrap(reply.data);
    },
    readFailure: (thrown, answer) => readGithubFailure(thrown, answer, { expect, now: clock() }),
  });
}

class Redirected extends Error {
  override readonly name = "Redirected";
}

/**
 * Octokit encodes a variable of the path, but leaves `..`, which a URL parser would walk, and drops an empty one.
 * @throws {RangeError}
 */
function requireSegments(route: string, parameters: Readonly<Record<string, unknown>>): void {
  for (const [, name = ""] of route.matchAll(/\{([^{}]+)\}/g)) {
    const value: unknown = parameters[name];
    const isText = typeof value === "string" && value !== "" && value !== "." && value !== "..";
    if (!isText && typeof value !== "number") throw new RangeError(`${name} is not a path segment`);
  }
}
