import type { z } from "zod";
import type { ConnectorContext } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { TargetReply } from "../../contract/http.ts";
import type { CursorPage } from "../../contract/paging.ts";
import { credentialOf } from "./credential.ts";
import type { Credential } from "./credential.ts";
import { exchange, silent } from "./exchange.ts";
import type { ExchangeDeps, GithubRequest } from "./exchange.ts";
import { graphqlUrlOf, dataOf } from "./graphql.ts";
import { nextCursorOf, parametersOf, textOf } from "./link.ts";
import type { GithubSecrets, GithubSettings } from "./settings.ts";

/** One listing as GitHub documents it, read a page at a time. */
export interface ListRequest<Answer, Item> extends GithubRequest<Answer> {
  /** The entries within the answer, where it is not the list itself. */
  items(answer: Answer): readonly Item[];
}

export interface GraphqlRequest<Output> {
  operation: string;
  query: string;
  variables: Readonly<Record<string, unknown>>;
  /** Shape of `data`. */
  schema: z.ZodType<Output>;
}

/** GitHub, opened: how it is called, and by whom. It knows no kind of access. */
export interface GithubApi {
  credential: Credential;
  send<Output>(request: GithubRequest<Output>): Promise<TargetReply<Output, string>>;
  /** One page; null where an expected status came instead. For `pagesOf`. */
  page<Answer, Item>(request: ListRequest<Answer, Item>, cursor: string | null): Promise<CursorPage<Item> | null>;
  /** A query; its operation belongs in `reads`, for GraphQL asks by POST. */
  graphql<Output>(request: GraphqlRequest<Output>): Promise<Output>;
  /** As the App itself, which may ask about its installations; null without an App. */
  sendAsApp: (<Output>(request: GithubRequest<Output>) => Promise<TargetReply<Output, string>>) | null;
}

type GithubContext = ConnectorContext<GithubSettings, GithubSecrets>;

/**
 * Opens GitHub's API. Nothing is sent yet. Octokit is loaded here and not before: the list of connectors is read by
 * every command, and most of them call nobody.
 *
 * @throws {ConnectorError} `unauthorized` when settings and secrets name no credential.
 */
export async function openGithubApi({ target, settings, secrets, http, clock }: GithubContext): Promise<GithubApi> {
  const { Octokit } = await import("@octokit/rest");
  const baseUrl = settings.baseUrl.replace(/\/+$/, "");
  const octokit = new Octokit({ baseUrl, userAgent: "lastday", log: silent });
  const deps: ExchangeDeps = { octokit, http, clock };
  const credential = credentialOf(settings, secrets, target, deps);

  const send: GithubApi["send"] = async (request) => exchange(request, await credential.authorize(), deps);

  return {
    credential,
    send,

    async page(request, cursor) {
      const { operation, parameters } = request;
      const paging = { per_page: settings.pageSize, ...parametersOf(cursor) };
      const reply = await send({ ...request, parameters: { ...parameters, ...paging } });
      if (reply.body === null) return null;
      const next = nextCursorOf(reply.headers["link"]);
      if (next === "unreadable") {
        const what = `${target}: ${operation} names a next page that cannot be asked for`;
        throw new ConnectorError("invalid-response", what, { target, operation, status: reply.status });
      }
      return { items: request.items(reply.body), next: next === null ? null : textOf(next) };
    },

    async graphql({ operation, query, variables, schema }) {
      const route = `POST ${graphqlUrlOf(baseUrl)}`;
      const authorization = await credential.authorize();
      const asked = { operation, route, parameters: { query, variables }, schema };
      const { body } = await exchange(asked, authorization, deps, { template: "/graphql", unwrap: dataOf });
      return requireBody(body, { target, operation });
    },

    sendAsApp: credential.kind === "app" ? async (request) => exchange(request, credential.asApp(), deps) : null,
  };
}

function requireBody<Output>(
  body: Output | null,
  { target, operation }: { target: string; operation: string },
): Output {
  if (body !== null) return body;
  throw new ConnectorError("invalid-response", `${target}: ${operation} answered nothing`, { target, operation });
}
