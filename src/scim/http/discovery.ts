import { ScimError } from "../error.ts";
import type { Json, JsonObject } from "../json.ts";
import { fromPlain } from "../json.ts";
import type { Attribute } from "../schema/attribute.ts";
import type { ResourceType, Schema } from "../schema/registry.ts";
import { foldName } from "../schema/registry.ts";
import type { Handler, ScimRequest } from "./message.ts";
import { maxResults } from "./query.ts";

export interface DiscoveryHandlers {
  readonly serviceProviderConfig: Handler;
  readonly schemas: Handler;
  readonly schema: Handler;
  readonly resourceTypes: Handler;
  readonly resourceType: Handler;
}

/** What this server is and has, nothing more. @see RFC 7644 section 4, RFC 7643 sections 5 to 7 */
export function createDiscoveryHandlers(types: readonly ResourceType[], baseUrl: string): DiscoveryHandlers {
  const allSchemas = types.flatMap((type) => [type.schema, ...type.extensions]);
  const schemas = new Map(allSchemas.map((schema) => [foldName(schema.id), presentSchema(schema, baseUrl)]));
  const resourceTypes = new Map(types.map((type) => [foldName(type.name), presentType(type, baseUrl)]));
  const config = presentConfig(baseUrl);
  return {
    serviceProviderConfig: () => Promise.resolve({ status: 200, body: config }),
    schemas: listOf(schemas),
    schema: oneOf(schemas),
    resourceTypes: listOf(resourceTypes),
    resourceType: oneOf(resourceTypes),
  };
}

function listOf(entries: ReadonlyMap<string, JsonObject>): Handler {
  const resources = [...entries.values()];
  const body = new Map<string, Json>([
    ["schemas", ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]],
    ["totalResults", resources.length],
    ["startIndex", 1],
    ["itemsPerPage", resources.length],
    ["Resources", resources],
  ]);
  return async (request) => {
    refuseFilter(request);
    return await Promise.resolve({ status: 200, body });
  };
}

function oneOf(entries: ReadonlyMap<string, JsonObject>): Handler {
  return async (request) => {
    refuseFilter(request);
    const body = entries.get(foldName(request.id));
    if (body === undefined) throw new ScimError("not-found", "There is no such entry");
    return await Promise.resolve({ status: 200, body });
  };
}

/** @see RFC 7644 section 4: a filter here is forbidden, since its answer would pass for the whole truth. */
function refuseFilter({ query }: ScimRequest): void {
  if (query.filter !== null) throw new ScimError("forbidden", "This endpoint takes no filter");
}

function presentConfig(baseUrl: string): JsonObject {
  return asObject({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: "oauthbearertoken",
        name: "Bearer token",
        description: "A token of the source, in the Authorization header",
        specUri: "https://www.rfc-editor.org/info/rfc6750",
        primary: true,
      },
    ],
    meta: { resourceType: "ServiceProviderConfig", location: `${baseUrl}/ServiceProviderConfig` },
  });
}

function presentType(type: ResourceType, baseUrl: string): JsonObject {
  return asObject({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: "ResourceType", location: `${baseUrl}/ResourceTypes/${type.name}` },
  });
}

function presentSchema(schema: Schema, baseUrl: string): JsonObject {
  return asObject({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(presentAttribute),
    meta: { resourceType: "Schema", location: `${baseUrl}/Schemas/${schema.id}` },
  });
}

function presentAttribute(attribute: Attribute): object {
  const { subAttributes } = attribute;
  const shown = Object.fromEntries(Object.entries(attribute).filter(([name]) => name !== "maxLength"));
  return subAttributes === undefined ? shown : { ...shown, subAttributes: subAttributes.map(presentAttribute) };
}

function asObject(plain: object): JsonObject {
  return fromPlain(plain) as JsonObject;
}
