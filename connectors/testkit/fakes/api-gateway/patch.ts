import { refuse } from "./errors.ts";
import { type Fields, optionalText } from "./request-body.ts";
import type { ApiKey } from "./world.ts";

/** What `replace` may name; the value of every operation is a text, that of a flag too. */
const texts = { "/customerId": "customerId", "/description": "description", "/name": "name" } as const;

/**
 * A key after its patch operations, all of them or none.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateApiKey-Patch
 */
export function patched(key: ApiKey, operations: readonly Fields[]): ApiKey {
  return operations.reduce<ApiKey>(apply, key);
}

function apply(key: ApiKey, operation: Fields): ApiKey {
  const op = optionalText(operation, "op");
  const path = optionalText(operation, "path") ?? "";
  const value = optionalText(operation, "value");
  if (path !== "/enabled" && !isText(path)) throw refuse.badRequest(`Invalid patch path ${path}`);
  if (op !== "replace") {
    throw refuse.badRequest(`Invalid patch operation specified. Must be one of: [replace] for path ${path}`);
  }
  if (value === undefined) throw refuse.badRequest(`Invalid patch value for path ${path}`);
  if (path !== "/enabled") return { ...key, [texts[path]]: value };
  if (value !== "true" && value !== "false") throw refuse.badRequest(`Invalid patch value '${value}' for path ${path}`);
  return { ...key, enabled: value === "true" };
}

function isText(path: string): path is keyof typeof texts {
  return Object.hasOwn(texts, path);
}
