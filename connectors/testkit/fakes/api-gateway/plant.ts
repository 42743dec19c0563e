import { checkedValue } from "./api-keys.ts";
import type { Make } from "./asked.ts";
import type { Region } from "./region.ts";
import { arnOf } from "./tags.ts";
import { joined } from "./usage-plans.ts";
import { type ApiKey, type UsagePlan, withKey, withPlan, type World } from "./world.ts";

/** A usage plan by name, made when the region has none such: the name alone covers the first stage. */
export type PlantPlan = string | { readonly name: string; readonly stages: readonly string[] };

/** A key to put in place. What is left out is made up, or left out. */
export interface PlantKey {
  /** Default: the first region of the fake. */
  readonly region?: string;
  readonly name?: string;
  /** Goes into the owner tag. */
  readonly owner?: string;
  readonly customerId?: string;
  readonly description?: string;
  /** Beside the owner tag. */
  readonly tags?: Readonly<Record<string, string>>;
  /** A key in no plan opens no stage. */
  readonly usagePlans?: readonly PlantPlan[];
  /** Default true. */
  readonly enabled?: boolean;
  /** 20 to 128 characters, and no other key of the region has it. */
  readonly value?: string;
}

/** A planted key, as its holder and its operator would know it. */
export interface PlantedKey {
  readonly id: string;
  readonly value: string;
  readonly arn: string;
  readonly region: string;
  readonly name: string | null;
  readonly usagePlans: readonly { readonly id: string; readonly name: string }[];
}

export interface PlantDeps {
  readonly ownerTag: string;
  /** Whole epoch seconds. */
  readonly now: number;
  readonly make: Make;
}

/** Puts a key into a region by the API's own rules, without a call in the log. */
export function plantKey(region: Region, wanted: PlantKey, { ownerTag, now, make }: PlantDeps): PlantedKey {
  const { name, description, customerId } = wanted;
  const key: ApiKey = {
    id: make.id(),
    value: checkedValue(region.world, wanted.value ?? make.value()),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(customerId === undefined ? {} : { customerId }),
    enabled: wanted.enabled ?? true,
    createdDate: now,
    lastUpdatedDate: now,
    stageKeys: [],
    tags: { ...wanted.tags, ...(wanted.owner === undefined ? {} : { [ownerTag]: wanted.owner }) },
  };
  let world = withKey(region.world, key);
  const plans = (wanted.usagePlans ?? []).map((one) => {
    const plan = planNamed(world, one, make);
    world = joined(withPlan(world, plan), plan, key);
    return { id: plan.id, name: plan.name };
  });
  region.meddle(world);
  region.flush();
  const { id, value } = key;
  return { id, value, arn: arnOf(region.name, id), region: region.name, name: name ?? null, usagePlans: plans };
}

function planNamed({ plans, api }: World, wanted: PlantPlan, make: Make): UsagePlan {
  const { name, stages } = typeof wanted === "string" ? { name: wanted, stages: api.stages.slice(0, 1) } : wanted;
  const known = [...plans.values()].find((plan) => plan.name === name);
  return known ?? { id: make.id(), name, apiStages: stages.map((stage) => ({ apiId: api.id, stage })), tags: {} };
}
