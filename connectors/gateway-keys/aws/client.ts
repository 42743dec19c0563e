import type * as Sdk from "@aws-sdk/client-api-gateway";
import type { Clock } from "../../../src/domain/ports.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { TargetHttp } from "../../contract/http.ts";
import type { CursorPage } from "../../contract/paging.ts";
import type { Secret } from "../../contract/secret.ts";
import { clientSettings, createAwsCaller } from "../../vendors/aws/client.ts";
import type { AwsCredentials } from "../../vendors/aws/credentials.ts";
import type { ApiGatewaySettings } from "../config.ts";
import { explain } from "./explain.ts";
import { partitionOf } from "./partition.ts";
import { apiKeyOf, apiKeyValue, frozenTag, nothing, pageOf, reference, usagePlan } from "./schema.ts";
import type { ApiKey, UsagePlan } from "./schema.ts";

export type RegionClient = Awaited<ReturnType<typeof openRegion>>;

interface RegionDeps {
  target: string;
  settings: ApiGatewaySettings;
  credentials: AwsCredentials;
  http: TargetHttp;
  clock: Clock;
}

/**
 * API Gateway's control plane in one region: one method per operation, one page per call. Reads answer null and writes
 * false where it says NotFoundException; what that proves is for the caller to find out.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/Welcome.html
 */
export async function openRegion(name: string, deps: RegionDeps) {
  const { target, credentials } = deps;
  const { ownerTag, pageSize, endpoints } = deps.settings;
  const sdk: typeof Sdk = await import("@aws-sdk/client-api-gateway");
  const client = new sdk.APIGatewayClient(clientSettings({ region: name, endpoint: endpoints[name] }, credentials));
  const send = createAwsCaller("apigateway", deps);
  const apiKey = apiKeyOf(ownerTag);
  const [keyPage, planPage] = [pageOf(apiKey), pageOf(usagePlan)];
  const arnOf = (id: string) => `arn:${partitionOf(name)}:apigateway:${name}::/apikeys/${id}`;

  // Evidence names the region: the same path means another key in each.
  const at = (path: string) => ({ client, template: `${name}${path}` });
  const oneKey = { ...at("/apikeys/{key}"), expect: ["NotFound"] };
  const itsTags = { ...at("/tags/{key}"), schema: nothing, expect: ["NotFound"], mayBeUnknown: true };

  async function needing<Reply>(permission: string, reply: Promise<Reply>): Promise<Reply> {
    return reply.catch((thrown: unknown) => {
      throw explain(thrown, name, permission);
    });
  }

  function same<Row extends { id: string }>(row: Row | null, id: string, operation: string): Row | null {
    if (row === null || row.id === id) return row;
    const what = `${target}: ${operation} answered with another key (in ${name})`;
    throw new ConnectorError("invalid-response", what, { target, operation });
  }

  return {
    name,

    /** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html */
    async keysPage(cursor: string | null): Promise<CursorPage<ApiKey>> {
      const position = cursor === null ? {} : { position: cursor };
      const command = new sdk.GetApiKeysCommand({ limit: pageSize, includeValues: false, ...position });
      const reply = send({ ...at("/apikeys"), command, schema: keyPage });
      return cursorPage((await needing("apigateway:GET /apikeys", reply)).body);
    },

    /** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKey.html */
    async key(id: string): Promise<ApiKey | null> {
      const command = new sdk.GetApiKeyCommand({ apiKey: id, includeValue: false });
      const reply = send({ ...oneKey, command, schema: apiKey });
      return same((await needing("apigateway:GET /apikeys/*", reply)).body, id, "GetApiKey");
    },

    async keyValue(id: string): Promise<Secret | null> {
      const command = new sdk.GetApiKeyCommand({ apiKey: id, includeValue: true });
      const reply = send({ ...oneKey, command, schema: apiKeyValue });
      return same((await needing("apigateway:GET /apikeys/*", reply)).body, id, "GetApiKey")?.value ?? null;
    },

    /**
     * The plans of one key; of no key, one plan of all.
     * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlans.html
     */
    async plansPage(keyId: string | null, cursor: string | null): Promise<CursorPage<UsagePlan>> {
      const which = keyId === null ? { limit: 1 } : { limit: 500, keyId };
      const command = new sdk.GetUsagePlansCommand({ ...which, ...(cursor === null ? {} : { position: cursor }) });
      const reply = send({ ...at("/usageplans"), command, schema: planPage, mayBeUnknown: true });
      return cursorPage((await needing("apigateway:GET /usageplans", reply)).body);
    },

    /** @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateApiKey-Patch */
    async setEnabled(id: string, isEnabled: boolean): Promise<boolean> {
      const patchOperations = [{ op: "replace" as const, path: "/enabled", value: String(isEnabled) }];
      const command = new sdk.UpdateApiKeyCommand({ apiKey: id, patchOperations });
      const reply = send({ ...oneKey, command, schema: reference });
      return same((await needing("apigateway:PATCH /apikeys/*", reply)).body, id, "UpdateApiKey") !== null;
    },

    /**
     * Puts our mark on a key; false also where the server knows no tags of keys, as emulators may not.
     * @see https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html
     */
    async mark(id: string): Promise<boolean> {
      const command = new sdk.TagResourceCommand({ resourceArn: arnOf(id), tags: { [frozenTag]: "true" } });
      try {
        const { problem } = await needing("apigateway:PUT /tags/*", send({ ...itsTags, command }));
        return problem === null;
      } catch (thrown) {
        if (!(thrown instanceof ConnectorError) || !knowsNoTags.has(thrown.code)) throw thrown;
        return false;
      }
    },

    /** @see https://docs.aws.amazon.com/apigateway/latest/api/API_UntagResource.html */
    async unmark(id: string): Promise<boolean> {
      const command = new sdk.UntagResourceCommand({ resourceArn: arnOf(id), tagKeys: [frozenTag] });
      const { problem } = await needing("apigateway:DELETE /tags/*", send({ ...itsTags, command }));
      return problem === null;
    },

    /** @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteApiKey.html */
    async deleteKey(id: string): Promise<boolean> {
      const command = new sdk.DeleteApiKeyCommand({ apiKey: id });
      const reply = send({ ...oneKey, command, schema: nothing });
      return (await needing("apigateway:DELETE /apikeys/*", reply)).problem === null;
    },
  };
}

const knowsNoTags: ReadonlySet<string> = new Set(["unsupported", "not-visible"]);

function cursorPage<T>(body: { items: T[]; position?: string | null | undefined } | null): CursorPage<T> {
  if (body === null) throw new TypeError("a listing expects no failure");
  return { items: body.items, next: body.position ?? null };
}
