import type { ApiGatewaySettings } from "./config.ts";
import type { ApiKey } from "./schema.ts";
import { frozenTag } from "./schema.ts";

/**
 * Whose key it is, exactly as it is spelled there; null where nothing says so. API Gateway knows no owner of a key, so
 * this is what the operator's own marking says and no more.
 */
export function ownerOf(key: ApiKey, { ownerFrom, ownerTag }: ApiGatewaySettings): string | null {
  const tagged = filled(key.tags?.[ownerTag]);
  const customer = filled(key.customerId);
  switch (ownerFrom) {
    case "tag":
      return tagged;
    case "customer-id":
      return customer;
    case "tag-or-customer-id":
      return tagged ?? customer;
  }
}

/** A key counts as able to be used unless it says that it is not. */
export function isEnabled(key: ApiKey): boolean {
  return key.enabled !== false;
}

/** Whether it was we who switched it off. */
export function isMarked(key: ApiKey): boolean {
  return key.tags?.[frozenTag] !== undefined;
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === "" ? null : text;
}
