/** An API key as stored. Dates are whole epoch seconds, as the API carries them. */
export interface ApiKey {
  readonly id: string;
  readonly value: string;
  readonly name?: string;
  readonly description?: string;
  readonly customerId?: string;
  readonly enabled: boolean;
  readonly createdDate: number;
  readonly lastUpdatedDate: number;
  /** `{restApiId}/{stage}`; deprecated for usage plans, and of no effect at the data plane. */
  readonly stageKeys: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A usage plan: which stages the keys in it open. */
export interface UsagePlan {
  readonly id: string;
  readonly name: string;
  readonly apiStages: readonly { readonly apiId: string; readonly stage: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface RestApi {
  readonly id: string;
  readonly name: string;
  readonly createdDate: number;
  readonly stages: readonly string[];
}

/** All that one region holds. Never changed in place, so that an older world can be kept and shown. */
export interface World {
  readonly api: RestApi;
  readonly keys: ReadonlyMap<string, ApiKey>;
  readonly plans: ReadonlyMap<string, UsagePlan>;
  readonly members: readonly { readonly planId: string; readonly keyId: string }[];
}

export function withKey(world: World, key: ApiKey): World {
  return { ...world, keys: new Map(world.keys).set(key.id, key) };
}

/** Without the key, in none of its usage plans either. */
export function withoutKey(world: World, id: string): World {
  const keys = new Map(world.keys);
  keys.delete(id);
  return { ...world, keys, members: world.members.filter((one) => one.keyId !== id) };
}

export function withPlan(world: World, plan: UsagePlan): World {
  return { ...world, plans: new Map(world.plans).set(plan.id, plan) };
}

export function withMember(world: World, planId: string, keyId: string): World {
  return { ...world, members: [...world.members, { planId, keyId }] };
}

export function withoutMember(world: World, planId: string, keyId: string): World {
  return { ...world, members: world.members.filter((one) => one.planId !== planId || one.keyId !== keyId) };
}

export function isMember(world: World, planId: string, keyId: string): boolean {
  return world.members.some((one) => one.planId === planId && one.keyId === keyId);
}

/** The usage plans of a key, in order of id. */
export function plansOf(world: World, keyId: string): UsagePlan[] {
  return inOrder(world.plans).filter((plan) => isMember(world, plan.id, keyId));
}

/** The keys of a usage plan, in order of id. */
export function keysOf(world: World, planId: string): ApiKey[] {
  return inOrder(world.keys).filter((key) => isMember(world, planId, key.id));
}

/** Everything in a collection by id: the order in which it is paged. */
export function inOrder<T extends { readonly id: string }>(rows: ReadonlyMap<string, T>): T[] {
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The stages that a key opens, as `{apiId}/{stage}`: enabled, and in a usage plan that has the stage. */
export function stagesOpenTo(world: World, key: ApiKey): string[] {
  if (!key.enabled) return [];
  return plansOf(world, key.id).flatMap((plan) => plan.apiStages.map(({ apiId, stage }) => `${apiId}/${stage}`));
}
