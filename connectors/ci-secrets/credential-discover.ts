import type { Account, Finding } from "../../src/domain/access.ts";
import type { Page } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import type { Secret } from "../contract/secret.ts";
import { factsOf, lookAtConsumers } from "./consumers.ts";
import { credentialFinding, exposedAtOf, oldIdsOf, principalOf } from "./credential-finding.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import { exposedBy, lookAlone } from "./exposure-kind.ts";
import type { HeldKey, Issuer } from "./issuers/issuer.ts";
import type { Seen } from "./looks.ts";
import type { Plan } from "./plan-settings.ts";

/**
 * The credentials of the plans whose secrets were within reach, one item for each plan. A plan whose issuer cannot be
 * read keeps no other from being listed; the listing then ends with its error.
 */
export async function* discoverCredentials(
  deps: CiDeps,
  account: Account,
  known: readonly Finding[],
): AsyncGenerator<Page<Finding>> {
  const seen = deps.looks.take(account.id, "credential") ?? (await lookAlone(deps, account, known));
  const troubles: ConnectorError[] = [];
  for (const plan of exposedPlans(seen, known, deps)) {
    const before = known.filter(({ facts }) => facts["plan"] === plan.name);
    try {
      yield await listPlan(plan, { seen, before, account }, deps);
    } catch (thrown) {
      if (!(thrown instanceof ConnectorError) || speaksOfMore.has(thrown.code)) throw thrown;
      troubles.push(thrown);
    }
  }
  if (troubles[0] !== undefined) throw troubles[0];
  yield { items: [], complete: true };
}

/** These speak of the whole target, not of one plan. */
const speaksOfMore: ReadonlySet<string> = new Set(["rate-limited", "unauthorized", "cancelled", "egress-refused"]);

function exposedPlans(seen: Seen | "known", known: readonly Finding[], { settings }: CiDeps): readonly Plan[] {
  const before = new Set(known.map(({ facts }) => facts["plan"]));
  if (seen === "known") return settings.plans.filter(({ name }) => before.has(name));
  if (seen.kind === "surveyed") {
    return settings.plans.filter((plan) => before.has(plan.name) || exposedBy(plan, seen.exposed) !== null);
  }
  const { plans } = seen.exposure.facts;
  const remembered = new Set(typeof plans === "string" ? plans.split(" ") : []);
  return settings.plans.filter(({ name }) => before.has(name) || remembered.has(name));
}

interface Found {
  seen: Seen | "known";
  before: readonly Finding[];
  account: Account;
}

async function listPlan(plan: Plan, found: Found, deps: CiDeps): Promise<Page<Finding>> {
  const issuer = deps.issuers(plan.issuer.kind);
  const keys = await issuer.keys(plan);
  const stillThere = found.before.filter((finding) => keys.some(({ id }) => oldIdsOf(finding).has(id)));
  const fresh = await freshFinding(plan, keys, found, deps);
  const items = fresh === null ? stillThere : [...stillThere, fresh];
  if (items.length === 0 && found.before.length === 0) throw holdsNothing(plan, issuer, deps);
  return { items, complete: true, ...materialsOf(items, keys) };
}

/** What is not yet an item: none once the user is gone and the plan has its item, since nothing newer was within reach. */
async function freshFinding(
  plan: Plan,
  keys: readonly HeldKey[],
  { seen, before, account }: Found,
  deps: CiDeps,
): Promise<Finding | null> {
  if (seen === "known" || (seen.kind === "remembered" && before.length > 0)) return null;
  const issuer = deps.issuers(plan.issuer.kind);
  const old = new Set(before.flatMap((finding) => [...oldIdsOf(finding)]));
  const candidates = keys.filter((key) => key.isActive && !old.has(key.id) && !isOurReplacement(key, before, deps));
  const [newest, ...others] = candidates.toSorted((a, b) => timeOf(b) - timeOf(a));
  if (newest === undefined) return null;
  const withUse = async (key: HeldKey): Promise<HeldKey> => ({ ...key, lastUsedAt: await issuer.lastUse(plan, key) });
  const used: [HeldKey, ...HeldKey[]] = [await withUse(newest)];
  for (const key of others) used.push(await withUse(key));
  return credentialFinding(
    plan,
    { keys: used, noun: issuer.noun },
    {
      accountId: account.id,
      exposedAt: seen.kind === "surveyed" ? seen.seenAt : (exposedAtOf(seen.exposure) ?? deps.clock()),
      through: seen.kind === "surveyed" ? exposedBy(plan, seen.exposed) : null,
      consumerFacts: factsOf(await lookAtConsumers(plan, deps)),
    },
  );
}

/**
 * While the user can still read what is new (`rotateWhileReadable`), every look would find our own replacement, and
 * replace it again without an end: what is newer than the exposure is then no item.
 */
function isOurReplacement(key: HeldKey, before: readonly Finding[], { settings }: CiDeps): boolean {
  const times = before.flatMap((finding) => exposedAtOf(finding)?.getTime() ?? []);
  if (!settings.rotateWhileReadable || times.length === 0) return false;
  return timeOf(key) >= Math.floor(Math.min(...times) / 1_000) * 1_000;
}

function materialsOf(items: readonly Finding[], keys: readonly HeldKey[]): Pick<Page<Finding>, "materials"> {
  const shown = items.flatMap(({ ref }): [string, Secret][] => {
    const value = keys.find(({ id }) => id === ref)?.value ?? null;
    return value === null ? [] : [[ref, value]];
  });
  return shown.length === 0 ? {} : { materials: new Map(shown) };
}

function holdsNothing(plan: Plan, { noun }: Issuer, deps: CiDeps): ConnectorError {
  const what = `${principalOf(plan)} of the plan ${plan.name} has no ${noun} that works, so what the plan's secrets hold is not known: correct the plan, or take it out so that they are replaced by hand`;
  return failed("not-visible", deps, "listKeys", what);
}

/** A credential without a date counts as old. */
function timeOf({ createdAt }: HeldKey): number {
  return createdAt?.getTime() ?? 0;
}
