import type { Permission } from "../../contract/connector.ts";

/**
 * What our IAM identity needs, as the HTTP method on the path below `arn:aws:apigateway:REGION::`; `policies/` has the
 * same as policy documents.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
 * @see https://github.com/iann0036/iam-dataset/pull/39 "TagResource": PATCH on the key beside PUT on its tags
 */
export const apiGatewayPermissions: readonly Permission[] = [
  { name: "apigateway:GET /apikeys", for: "read", why: "lists the keys, to match their owners to people" },
  {
    name: "apigateway:GET /apikeys/*",
    for: "read",
    why: "looks again for one key; its value, where it is to be tried",
  },
  { name: "apigateway:GET /usageplans", for: "read", why: "tells which stages a key opens" },
  { name: "sts:AssumeRole", for: "read", why: "assumes the role that works here", where: "with assumeRole" },
  { name: "apigateway:PATCH /apikeys/*", for: "contain", why: "switches a key off and on again" },
  { name: "apigateway:PUT /tags/*", for: "contain", why: "marks the keys that we switched off" },
  { name: "apigateway:DELETE /tags/*", for: "contain", why: "takes our mark away again" },
  { name: "apigateway:DELETE /apikeys/*", for: "delete", why: "deletes a key" },
];
