import type { z } from "zod";
import type { ConnectorContext } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { CursorPage } from "../../contract/paging.ts";
import { path } from "../../contract/path.ts";
import type { Secret } from "../../contract/secret.ts";
import type { GatewaySecrets, KongSettings } from "../config.ts";
import { namingPermissions } from "./missing-permission.ts";
import type { KongConsumer, KongNode, KongPlugin } from "./schema.ts";
import { consumer, node, oauth2Token, pageOf, plugin, problem, reference } from "./schema.ts";

export type KongContext = ConnectorContext<KongSettings, GatewaySecrets>;
export type KongToken = z.output<typeof oauth2Token>;

/** What became of a deletion. Without a database the Admin API answers 405 to every write. */
export type Deletion = "deleted" | "absent" | "read-only";

/** Where one sort of credential lies. */
export interface CredentialPlace {
  /** Below a consumer: `key-auth`. */
  nested: string;
  /** In operations: `KeyAuth`. */
  suffix: string;
}

/** What the proxy said to a request with a key, or without one. */
export interface ProxyAnswer {
  status: number;
  message: string | null;
  /** The upstream answered: the gateway let the request through. */
  reachedUpstream: boolean;
}

export type KongClient = ReturnType<typeof createKongClient>;

/** Statuses that say something about a key. 429 and 5xx are errors: they say nothing, and are tried again. */
const telling = [
  200, 201, 202, 203, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 415, 422,
];

/**
 * One method per endpoint of Kong's Admin API, one page per call. Reads answer null where Kong says 404: what that
 * proves is for the caller to find out.
 * @see https://developer.konghq.com/api/gateway/admin-ee/
 */
export function createKongClient({ http: plain, settings, secrets, target }: KongContext) {
  const http = namingPermissions(plain);
  const { adminUrl, workspace, pageSize } = settings;
  const root = `${adminUrl.replace(/\/+$/, "")}${workspace === undefined ? "" : path`/${workspace}`}`;
  const headers = secrets.adminToken === undefined ? {} : { "kong-admin-token": secrets.adminToken.reveal() };

  async function get<T>(operation: string, template: string, where: string, schema: z.ZodType<T>): Promise<T | null> {
    const url = root + where;
    const reply = await http.send({ method: "GET", operation, template, url, headers, expect: [200, 404], schema });
    return reply.body;
  }

  async function page<T>(
    operation: string,
    template: string,
    where: string,
    item: z.ZodType<T>,
    { cursor, size = pageSize }: { cursor: string | null; size?: number },
  ): Promise<CursorPage<T> | null> {
    const query = new URLSearchParams({ size: String(size), ...(cursor === null ? {} : { offset: cursor }) });
    const url = `${root}${where}?${query.toString()}`;
    // Some servers say 500 with a page of HTML to a collection that they do not know.
    const expect = [200, 404, 500];
    const reply = await http.send({ method: "GET", operation, template, url, headers, expect, schema: pageOf(item) });
    if (reply.status === 500 && !/html/i.test(reply.headers["content-type"] ?? "")) {
      throw failed("unavailable", operation, 500, "answered 500: the target failed on its side");
    }
    if (reply.body === null) return null;
    const { data, offset, next } = reply.body;
    if (typeof next === "string" && typeof offset !== "string") {
      throw failed("invalid-response", operation, 200, "names a next page without its offset");
    }
    return { items: data, next: offset ?? null };
  }

  async function remove(operation: string, template: string, where: string): Promise<Deletion> {
    const expect = [204, 404, 405];
    const { status } = await http.send({ method: "DELETE", operation, template, url: root + where, headers, expect });
    return status === 204 ? "deleted" : status === 404 ? "absent" : "read-only";
  }

  function failed(code: "unavailable" | "invalid-response", operation: string, status: number, what: string) {
    return new ConnectorError(code, `${target}: ${operation} ${what}`, { target, operation, status });
  }

  return {
    node: (): Promise<KongNode | null> => get("getNode", "/", "/", node),

    consumersPage: (cursor: string | null, size?: number): Promise<CursorPage<KongConsumer> | null> =>
      page("listConsumers", "/consumers", "/consumers", consumer, { cursor, ...(size === undefined ? {} : { size }) }),

    consumer: (id: string): Promise<KongConsumer | null> =>
      get("getConsumer", "/consumers/{consumer}", path`/consumers/${id}`, consumer),

    credentialsPage: <T>(
      { nested, suffix }: CredentialPlace,
      item: z.ZodType<T>,
      consumerId: string,
      cursor: string | null,
    ): Promise<CursorPage<T> | null> =>
      page(`list${suffix}`, `/consumers/{consumer}/${nested}`, path`/consumers/${consumerId}/${nested}`, item, {
        cursor,
      }),

    /** Whether a credential is found by its id. Kong also finds one by its value or name, which is another one then. */
    async hasCredential({ nested, suffix }: CredentialPlace, consumerId: string, id: string): Promise<boolean> {
      const where = path`/consumers/${consumerId}/${nested}/${id}`;
      return (await get(`get${suffix}`, `/consumers/{consumer}/${nested}/{id}`, where, reference))?.id === id;
    },

    deleteCredential: ({ nested, suffix }: CredentialPlace, consumerId: string, id: string): Promise<Deletion> =>
      remove(`delete${suffix}`, `/consumers/{consumer}/${nested}/{id}`, path`/consumers/${consumerId}/${nested}/${id}`),

    tokensPage: (applicationId: string, cursor: string | null): Promise<CursorPage<KongToken> | null> =>
      page(
        "listOauth2Tokens",
        "/oauth2/{application}/oauth2_tokens",
        path`/oauth2/${applicationId}/oauth2_tokens`,
        oauth2Token,
        { cursor },
      ),

    token: (id: string): Promise<KongToken | null> =>
      get("getOauth2Token", "/oauth2_tokens/{id}", path`/oauth2_tokens/${id}`, oauth2Token),

    deleteToken: (id: string): Promise<Deletion> =>
      remove("deleteOauth2Token", "/oauth2_tokens/{id}", path`/oauth2_tokens/${id}`),

    pluginsPage: (consumerId: string, cursor: string | null): Promise<CursorPage<KongPlugin> | null> =>
      page("listPlugins", "/consumers/{consumer}/plugins", path`/consumers/${consumerId}/plugins`, plugin, { cursor }),

    /** Gives the status, and what Kong's words mean: 201, 409 when one exists already, or why it cannot be done here. */
    async addPlugin(consumerId: string, json: unknown): Promise<{ status: number; message: string | null }> {
      const reply = await http.send({
        method: "POST",
        operation: "addPlugin",
        template: "/consumers/{consumer}/plugins",
        url: root + path`/consumers/${consumerId}/plugins`,
        headers,
        json,
        expect: [201, 400, 404, 405, 409],
        schema: plugin,
        problemSchema: problem,
      });
      return { status: reply.status, message: reply.problem?.message ?? null };
    },

    async updatePlugin(consumerId: string, id: string, json: unknown): Promise<void> {
      await http.send({
        method: "PATCH",
        operation: "updatePlugin",
        template: "/consumers/{consumer}/plugins/{id}",
        url: root + path`/consumers/${consumerId}/plugins/${id}`,
        headers,
        json,
        expect: [200],
      });
    },

    deletePlugin: (consumerId: string, id: string): Promise<Deletion> =>
      remove("deletePlugin", "/consumers/{consumer}/plugins/{id}", path`/consumers/${consumerId}/plugins/${id}`),

    /** Status of a collection, to find out what our credential may see. */
    async look(collection: string): Promise<number> {
      const { status } = await http.send({
        method: "GET",
        operation: "look",
        template: `/${collection}`,
        url: `${root}${path`/${collection}`}?size=1`,
        headers,
        expect: [200, 401, 403, 404],
      });
      return status;
    },

    /** Tries a key at the proxy, or no key at all. A fresh connection each time may meet another data plane. */
    async tryKey(url: string, key: Secret | null): Promise<ProxyAnswer> {
      const credential = key === null ? {} : { [settings.probeHeader]: key.reveal() };
      const reply = await http.send({
        method: "GET",
        operation: key === null ? "probeWithoutKey" : "probeKey",
        template: "probeUrl",
        url,
        headers: { connection: "close", ...credential },
        expect: telling,
        problemSchema: problem,
      });
      return {
        status: reply.status,
        message: reply.problem?.message ?? null,
        // https://developer.konghq.com/gateway/configuration/ (headers): Kong adds it to what an upstream answered
        reachedUpstream: reply.headers["x-kong-upstream-latency"] !== undefined,
      };
    },
  };
}
