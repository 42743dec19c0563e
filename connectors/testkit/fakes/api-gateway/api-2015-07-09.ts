import type { DescribedApi } from "../../openapi/index.ts";

const paged = ["limit", "position"];
const patch = ["from", "op", "path", "value"].map((name) => `patchOperations.${name}`);

/**
 * The operations that the fake has, by the request syntax of "Amazon API Gateway, REST API reference", version
 * 2015-07-09. Names below a list are written `list.name`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
export const api: DescribedApi = {
  title: "Amazon API Gateway",
  version: "2015-07-09",
  licence: "facts of the vendor's reference, in our own words",
  operations: {
    "GET /account": { query: [], body: [] },
    "GET /apikeys": { query: [...paged, "customerId", "includeValues", "name"], body: [] },
    "POST /apikeys": {
      query: [],
      body: [
        "customerId",
        "description",
        "enabled",
        "generateDistinctId",
        "name",
        "stageKeys",
        "stageKeys.restApiId",
        "stageKeys.stageName",
        "tags",
        "value",
      ],
    },
    "GET /apikeys/{api_Key}": { query: ["includeValue"], body: [] },
    "PATCH /apikeys/{api_Key}": { query: [], body: ["patchOperations", ...patch] },
    "DELETE /apikeys/{api_Key}": { query: [], body: [] },
    "GET /restapis": { query: paged, body: [] },
    "GET /tags/{resource_arn}": { query: paged, body: [] },
    "PUT /tags/{resource_arn}": { query: [], body: ["tags"] },
    "DELETE /tags/{resource_arn}": { query: ["tagKeys"], body: [] },
    "GET /usageplans": { query: [...paged, "keyId"], body: [] },
    "GET /usageplans/{usageplanId}": { query: [], body: [] },
    "GET /usageplans/{usageplanId}/keys": { query: [...paged, "name"], body: [] },
    "POST /usageplans/{usageplanId}/keys": { query: [], body: ["keyId", "keyType"] },
    "GET /usageplans/{usageplanId}/keys/{keyId}": { query: [], body: [] },
    "DELETE /usageplans/{usageplanId}/keys/{keyId}": { query: [], body: [] },
  },
};
