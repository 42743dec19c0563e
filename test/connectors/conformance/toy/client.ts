import { z } from "zod";
import type { ConnectorContext } from "../../../../connectors/contract/connector.ts";
import { ConnectorError } from "../../../../connectors/contract/error.ts";
import type { ConnectorErrorCode } from "../../../../connectors/contract/error.ts";
import type { TargetRequest } from "../../../../connectors/contract/http.ts";
import type { CursorPage } from "../../../../connectors/contract/paging.ts";
import { path } from "../../../../connectors/contract/path.ts";
import { Secret, secretText } from "../../../../connectors/contract/secret.ts";

export const toySettings = z.strictObject({
  baseUrl: z.url({ protocol: /^https?$/ }).describe("Where the toy server answers"),
});
export const toySecrets = z.strictObject({ adminToken: z.instanceof(Secret).describe("Token of an administrator") });
export type ToyContext = ConnectorContext<z.output<typeof toySettings>, z.output<typeof toySecrets>>;

const user = z.object({ id: z.string(), name: z.string(), email: z.string(), suspendedBy: z.string().nullable() });
const owned = z.object({ id: z.string(), userId: z.string(), name: z.string() });
const token = owned.extend({ enabled: z.boolean(), value: secretText });
const exposure = z.object({ userId: z.string(), keyId: z.string(), secret: z.string() });
const key = z.object({ id: z.string(), mark: z.string(), createdAt: z.string() });
const consumer = z.object({ id: z.string(), keyId: z.string().nullable() });
export type ToyUser = z.output<typeof user>;
export type ToyToken = z.output<typeof token>;

export type ToyClient = ReturnType<typeof createToyClient>;

/** One method per call, one page each. A listing is null where the server says 404; a deletion says what it met. */
export function createToyClient({ http, settings, secrets, target }: ToyContext) {
  const root = settings.baseUrl.replace(/\/+$/, "");
  const headers = { authorization: `Bearer ${secrets.adminToken.reveal()}` };

  type Wanted<T> = Omit<TargetRequest<T>, "url" | "headers"> & { where: string; permission: string };

  async function send<T>({ where, permission, ...request }: Wanted<T>) {
    try {
      return await http.send({ ...request, url: root + where, headers });
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError) || thrown.code !== "forbidden") throw thrown;
      throw failed("forbidden", request.operation, `is refused: ${permission} is missing`);
    }
  }

  async function page<T>(
    operation: string,
    permission: string,
    template: string,
    where: string,
    item: z.ZodType<T>,
    cursor: string | null,
  ): Promise<CursorPage<T> | null> {
    const schema = z.object({ items: z.array(item), next: z.string().nullable() });
    const query = cursor === null ? "" : `?after=${encodeURIComponent(cursor)}`;
    const expect = [200, 404];
    const reply = await send({ method: "GET", operation, permission, template, where: where + query, expect, schema });
    return reply.body;
  }

  async function remove(operation: string, permission: string, template: string, where: string) {
    const expect = [204, 404];
    const { status } = await send({ method: "DELETE", operation, permission, template, where, expect });
    return status === 204 ? ("deleted" as const) : ("absent" as const);
  }

  function failed(code: ConnectorErrorCode, operation: string, what: string): ConnectorError {
    return new ConnectorError(code, `${target}: ${operation} ${what}`, { target, operation });
  }

  return {
    target,
    failed,

    users: (cursor: string | null) => page("listUsers", "users:read", "/users", "/users", user, cursor),

    async user(id: string): Promise<ToyUser | null> {
      const template = "/users/{user}";
      const where = path`/users/${id}`;
      const [method, operation, permission, expect, schema] = [
        "GET",
        "getUser",
        "users:read",
        [200, 404],
        user,
      ] as const;
      return (await send({ method, operation, permission, template, where, expect, schema })).body;
    },

    async suspend(id: string, suspendedBy: string | null): Promise<void> {
      const [operation, permission, template] = ["suspendUser", "users:suspend", "/users/{user}"] as const;
      const where = path`/users/${id}`;
      await send({ method: "PATCH", operation, permission, template, where, json: { suspendedBy }, expect: [200] });
    },

    deleteUser: (id: string) => remove("deleteUser", "users:delete", "/users/{user}", path`/users/${id}`),

    tokens: (userId: string, cursor: string | null) =>
      page("listTokens", "tokens:read", "/users/{user}/tokens", path`/users/${userId}/tokens`, token, cursor),

    async switchToken(userId: string, id: string, enabled: boolean): Promise<"switched" | "absent"> {
      const [operation, permission, template] = [
        "switchToken",
        "tokens:switch",
        "/users/{user}/tokens/{token}",
      ] as const;
      const where = path`/users/${userId}/tokens/${id}`;
      const expect = [200, 404];
      const { status } = await send({
        method: "PATCH",
        operation,
        permission,
        template,
        where,
        json: { enabled },
        expect,
      });
      return status === 200 ? "switched" : "absent";
    },

    deleteToken: (userId: string, id: string) =>
      remove("deleteToken", "tokens:delete", "/users/{user}/tokens/{token}", path`/users/${userId}/tokens/${id}`),

    sessions: (userId: string, cursor: string | null) =>
      page("listSessions", "sessions:read", "/users/{user}/sessions", path`/users/${userId}/sessions`, owned, cursor),

    deleteSession: (userId: string, id: string) =>
      remove("deleteSession", "sessions:delete", "/users/{user}/sessions/{id}", path`/users/${userId}/sessions/${id}`),

    devices: (userId: string, cursor: string | null) =>
      page("listDevices", "devices:read", "/users/{user}/devices", path`/users/${userId}/devices`, owned, cursor),

    exposures: (userId: string, cursor: string | null) =>
      page(
        "listExposures",
        "secrets:read",
        "/users/{user}/exposures",
        path`/users/${userId}/exposures`,
        exposure,
        cursor,
      ),

    keys: (secret: string, cursor: string | null) =>
      page("listKeys", "secrets:read", "/secrets/{secret}/keys", path`/secrets/${secret}/keys`, key, cursor),

    async issueKey(secret: string, mark: string): Promise<{ ref: string; value: Secret }> {
      const schema = z.object({ id: z.string(), value: secretText });
      const [operation, permission, template] = ["issueKey", "secrets:rotate", "/secrets/{secret}/keys"] as const;
      const where = path`/secrets/${secret}/keys`;
      const reply = await send({
        method: "POST",
        operation,
        permission,
        template,
        where,
        json: { mark },
        expect: [201],
        schema,
      });
      if (reply.body === null) throw failed("invalid-response", operation, "gives no key");
      return { ref: reply.body.id, value: reply.body.value };
    },

    deleteKey: (secret: string, id: string) =>
      remove("deleteKey", "secrets:rotate", "/secrets/{secret}/keys/{key}", path`/secrets/${secret}/keys/${id}`),

    async setCurrent(secret: string, currentKeyId: string): Promise<void> {
      const [operation, permission, template] = ["setCurrent", "secrets:rotate", "/secrets/{secret}"] as const;
      const where = path`/secrets/${secret}`;
      await send({ method: "PATCH", operation, permission, template, where, json: { currentKeyId }, expect: [200] });
    },

    consumers: (secret: string, cursor: string | null) =>
      page(
        "listConsumers",
        "secrets:read",
        "/secrets/{secret}/consumers",
        path`/secrets/${secret}/consumers`,
        consumer,
        cursor,
      ),

    async setConsumer(secret: string, id: string, value: Secret): Promise<void> {
      await send({
        method: "PUT",
        operation: "setConsumer",
        permission: "secrets:rotate",
        template: "/secrets/{secret}/consumers/{consumer}",
        where: path`/secrets/${secret}/consumers/${id}`,
        json: { value: value.reveal() },
        expect: [204],
      });
    },

    /** Tries a value: 403 is a suspended user's, which would work again. */
    async whoami(value: Secret): Promise<"works" | "suspended" | "refused"> {
      const { status } = await http.send({
        method: "GET",
        operation: "whoami",
        template: "/whoami",
        url: `${root}/whoami`,
        headers: { authorization: `Bearer ${value.reveal()}` },
        expect: [200, 401, 403],
      });
      return status === 200 ? "works" : status === 403 ? "suspended" : "refused";
    },
  };
}
