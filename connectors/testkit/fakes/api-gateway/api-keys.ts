import type { Reply } from "../../faults/index.ts";
import { type Asked, json } from "./asked.ts";
import { refuse } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { patched } from "./patch.ts";
import { bodyOf, flag, listIn, optionalText } from "./request-body.ts";
import { checkedTags } from "./tags.ts";
import { type ApiKey, inOrder, withKey, withoutKey, type World } from "./world.ts";

/**
 * Lists keys. `name` is a prefix, undocumented but so: https://github.com/aws/aws-sdk-java-v2/issues/1732
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html
 */
export function listKeys({ call, region, paging }: Asked): Reply {
  const prefix = call.query.get("name") ?? "";
  const customerId = call.query.get("customerId");
  const isAsked = (key: ApiKey) =>
    (key.name ?? "").startsWith(prefix) && (customerId === null || key.customerId === customerId);
  const stored = inOrder(region.reads.now().keys).filter(isAsked);
  const page = pageOf(region.echoes.overlay(stored, isAsked), call.query, paging);
  const withValues = call.query.get("includeValues") === "true";
  return json(200, { ...page, item: page.item.map((key) => (withValues ? key : withoutValue(key))) });
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKey.html */
export function getKey({ call, region, params: [id = ""] }: Asked): Reply {
  const stored = region.reads.now().keys.get(id);
  const [key] = region.echoes.overlay(stored === undefined ? [] : [stored], (one) => one.id === id);
  if (key === undefined) throw refuse.keyNotFound();
  return json(200, call.query.get("includeValue") === "true" ? key : withoutValue(key));
}

/**
 * Makes a key: disabled unless said otherwise, with a value of its own unless one is given.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html
 */
export function createKey({ call, region, now, make }: Asked): Reply {
  const fields = bodyOf(call);
  const value = checkedValue(region.world, optionalText(fields, "value") ?? make.value());
  const texts = ["name", "description", "customerId"].flatMap((name) => {
    const text = optionalText(fields, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  const key: ApiKey = {
    id: make.id(),
    value,
    ...Object.fromEntries(texts),
    enabled: flag(fields, "enabled"),
    createdDate: now,
    lastUpdatedDate: now,
    stageKeys: listIn(fields, "stageKeys").map((one) => `${String(one.restApiId)}/${String(one.stageName)}`),
    tags: checkedTags(fields.tags ?? {}),
  };
  region.commit(withKey(region.world, key));
  return json(201, key);
}

/**
 * Changes a key. The answer carries the value, asked for or not: the reference has it in the response.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateApiKey.html
 */
export function updateKey({ call, region, now, params: [id = ""] }: Asked): Reply {
  const key = region.world.keys.get(id);
  if (key === undefined) throw refuse.keyNotFound();
  const changed = { ...patched(key, listIn(bodyOf(call), "patchOperations")), lastUpdatedDate: now };
  region.commit(withKey(region.world, changed));
  return json(200, changed);
}

/**
 * Deletes a key, out of its usage plans as well. A second deletion finds nothing.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteApiKey.html
 */
export function deleteKey({ region, params: [id = ""] }: Asked): Reply {
  if (!region.world.keys.has(id)) throw refuse.keyNotFound();
  region.commit(withoutKey(region.world, id));
  return { status: 202 };
}

/**
 * A value that a new key may have.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html : 20 to 128
 * characters, and unique.
 */
export function checkedValue(world: World, value: string): string {
  if (value.length < 20 || value.length > 128) {
    throw refuse.badRequest("API Key value should be between 20 and 128 characters");
  }
  if ([...world.keys.values()].some((one) => one.value === value)) throw refuse.valueExists();
  return value;
}

function withoutValue(key: ApiKey): Omit<ApiKey, "value"> {
  const { value: _, ...shown } = key;
  return shown;
}
