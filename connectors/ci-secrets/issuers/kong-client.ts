import { z } from "zod";
import type { ConnectorContext } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { TargetReply, TargetRequest } from "../../contract/http.ts";
import type { CursorPage } from "../../contract/paging.ts";
import { path } from "../../contract/path.ts";
import { secretText } from "../../contract/secret.ts";
import type { Secret } from "../../contract/secret.ts";
import type { KongSettings } from "../config.ts";

const consumer = z.object({ id: z.guid(), username: z.string().nullish() });

const key = z.object({
  id: z.guid(),
  consumer: z.object({ id: z.guid() }),
  key: secretText,
  tags: z.array(z.string()).nullish(),
  created_at: z.number().nullish(),
});
export type KongKey = z.output<typeof key>;

const keys = z.object({ data: z.array(key), offset: z.string().nullish(), next: z.string().nullish() });

/** Statuses that say something about a key. 429 and 5xx are errors: they say nothing, and are tried again. */
const telling = [
  200, 201, 202, 203, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 415, 422,
];

const problem = z.object({ message: z.string().nullish() });

/**
 * One method per endpoint of Kong's Admin API, and the proxy. Reads answer null where Kong says 404.
 * @see https://developer.konghq.com/api/gateway/admin-ee/
 */
export function createKongClient({
  target,
  http,
  settings,
  secrets,
}: ConnectorContext<KongSettings, { adminToken?: Secret | undefined }>) {
  const { adminUrl, workspace, probeHeader, probeUrl } = settings;
  const root = `${adminUrl.replace(/\/+$/, "")}${workspace === undefined ? "" : path`/${workspace}`}`;
  const headers = secrets.adminToken === undefined ? {} : { "kong-admin-token": secrets.adminToken.reveal() };
  const collection = "/consumers/{consumer}/key-auth";

  /** Kong says 403 without saying what is missing. */
  async function admin<Body>(permission: string, request: TargetRequest<Body>): Promise<TargetReply<Body>> {
    try {
      return await http.send({ ...request, headers });
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError) || thrown.code !== "forbidden") throw thrown;
      const { operation, status } = thrown;
      throw new ConnectorError("forbidden", `${thrown.message}; our role lacks "${permission}"`, {
        target,
        ...(operation === null ? {} : { operation }),
        ...(status === null ? {} : { status }),
        cause: thrown,
      });
    }
  }

  return {
    async consumer(name: string) {
      const reply = await admin("read /consumers/*", {
        method: "GET",
        operation: "getConsumer",
        template: "/consumers/{consumer}",
        url: root + path`/consumers/${name}`,
        expect: [200, 404],
        schema: consumer,
      });
      return reply.body;
    },

    async keysPage(consumerId: string, cursor: string | null): Promise<CursorPage<KongKey> | null> {
      const query = new URLSearchParams({ size: "100", ...(cursor === null ? {} : { offset: cursor }) });
      const reply = await admin("read /consumers/*/*", {
        method: "GET",
        operation: "listKeyAuth",
        template: collection,
        url: `${root}${path`/consumers/${consumerId}/key-auth`}?${query.toString()}`,
        expect: [200, 404],
        schema: keys,
      });
      return reply.body === null ? null : { items: reply.body.data, next: reply.body.offset ?? null };
    },

    /** Kong makes up the key itself. */
    async createKey(consumerId: string, tags: readonly string[]): Promise<KongKey | null> {
      const reply = await admin("create /consumers/*/key-auth", {
        method: "POST",
        operation: "createKeyAuth",
        template: collection,
        url: root + path`/consumers/${consumerId}/key-auth`,
        json: { tags },
        expect: [201],
        schema: key,
      });
      return reply.body;
    },

    /** @returns whether the key is there. */
    async tagKey(consumerId: string, id: string, tags: readonly string[]): Promise<boolean> {
      const { status } = await admin("update /consumers/*/key-auth/*", {
        method: "PATCH",
        operation: "updateKeyAuth",
        template: `${collection}/{id}`,
        url: root + path`/consumers/${consumerId}/key-auth/${id}`,
        json: { tags },
        expect: [200, 404],
      });
      return status === 200;
    },

    async deleteKey(consumerId: string, id: string): Promise<"removed" | "absent"> {
      const { status } = await admin("delete /consumers/*/key-auth/*", {
        method: "DELETE",
        operation: "deleteKeyAuth",
        template: `${collection}/{id}`,
        url: root + path`/consumers/${consumerId}/key-auth/${id}`,
        expect: [204, 404],
      });
      return status === 204 ? "removed" : "absent";
    },

    /** Tries a key at the proxy, or no key at all. A fresh connection each time may meet another data plane. */
    async tryKey(key: Secret | null) {
      const credential = key === null ? {} : { [probeHeader]: key.reveal() };
      const reply = await http.send({
        method: "GET",
        operation: key === null ? "probeWithoutKey" : "probeKey",
        template: "probeUrl",
        url: probeUrl,
        headers: { connection: "close", ...credential },
        expect: telling,
        problemSchema: problem,
      });
      return {
        status: reply.status,
        message: reply.problem?.message ?? null,
        reachedUpstream: reply.headers["x-kong-upstream-latency"] !== undefined,
      };
    },
  };
}
