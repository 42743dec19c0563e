import document from "../../../docs/api/openapi.json" with { type: "json" };
import { endpoint } from "../operation.ts";
import type { Endpoint } from "../operation.ts";

/** The description of this API: the committed file, which `npm run api:check` holds to what the code says. */
export function openapiEndpoint(): Endpoint {
  return endpoint(
    {
      id: "getDescription",
      method: "get",
      path: "/openapi.json",
      summary: "This description, as OpenAPI 3.1",
      tag: "audit",
      role: "viewer",
      success: { status: 200, description: "OpenAPI" },
    },
    () => Promise.resolve({ json: document }),
  );
}
