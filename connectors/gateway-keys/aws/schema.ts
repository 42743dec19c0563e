import { z } from "zod";
import { secretText } from "../../contract/secret.ts";

/**
 * What API Gateway answers, as far as it is read; evidence keeps these fields and no others.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_ApiKey.html
 */

/** Ids become part of a path, so nothing that a path could be walked with passes for one. */
const id = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

/** Marks a key that we switched off, so that we switch no other one on again. Tag keys are case-sensitive. */
export const frozenTag = "lastday:frozen";

/** A key without its value; of its tags only the owner and our own mark. */
export function apiKeyOf(ownerTag: string) {
  return z.object({
    id,
    name: z.string().nullish(),
    customerId: z.string().nullish(),
    enabled: z.boolean().nullish(),
    createdDate: z.date().nullish(),
    stageKeys: z.array(z.string()).nullish(),
    tags: z.object({ [ownerTag]: z.string().optional(), [frozenTag]: z.string().optional() }).nullish(),
  });
}
export type ApiKey = z.output<ReturnType<typeof apiKeyOf>>;

/** `value` is what opens a stage. */
export const apiKeyValue = z.object({ id, value: secretText.nullish() });

export const usagePlan = z.object({
  id,
  apiStages: z.array(z.object({ apiId: z.string().nullish(), stage: z.string().nullish() })).nullish(),
});
export type UsagePlan = z.output<typeof usagePlan>;

/**
 * One page of a collection; `position` is where the next one starts, left out on the last. A page without `items` is none:
 * an empty answer must not pass for an empty region.
 */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), position: z.string().min(1).nullish() });
}

/** Of a key that was changed, which one it is. */
export const reference = z.object({ id });

/** An answer of which nothing is read. */
export const nothing = z.object({});

/** What a gateway response says by default. */
export const gatewayResponse = z.object({ message: z.string().nullish() });
