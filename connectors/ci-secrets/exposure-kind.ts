import type { Account, Finding } from "../../src/domain/access.ts";
import type { Kind, Page } from "../contract/connector.ts";
import { consumersOf } from "./consumers.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import { exposureOf, writableCount } from "./exposure.ts";
import type { ExposedSecret, Survey } from "./exposure.ts";
import type { Seen } from "./looks.ts";
import type { SecretPlace } from "./place.ts";
import type { Plan } from "./plan-settings.ts";
import { presenceOf } from "./presence.ts";
import { surveyOf } from "./survey.ts";

/**
 * What a person could read, as one item that is only named. It is found first, for it can be seen only while the person
 * still has a place in the organization; the kinds after it list what it found.
 */
export const exposure: Kind<CiDeps> = {
  title: "Reach of a user over CI secrets",
  strategy: "report",
  risk: "read",
  stops: "both",
  reversible: false,
  settleMs: 0,
  discover: discoverExposure,
  async verify(deps, finding) {
    const presence = await presenceOf(finding.accountId, deps);
    return presence.kind === "present"
      ? { state: "alive", by: "state", reason: "the user still has a place in the organization" }
      : { state: "dead", by: "absence", reason: presence.why };
  },
};

async function* discoverExposure(
  deps: CiDeps,
  account: Account,
  known: readonly Finding[],
): AsyncGenerator<Page<Finding>> {
  deps.looks.clear(account.id);
  const seen = await look(deps, account, known.find(({ ref }) => ref === account.id) ?? null);
  deps.looks.put(account.id, seen);
  yield { items: [seen.kind === "remembered" ? seen.exposure : toFinding(account, seen, deps)], complete: true };
}

/** @throws {ConnectorError} `not-visible` when nothing can be told any more: an empty list would say that nothing was exposed. */
async function look(deps: CiDeps, account: Account, before: Finding | null): Promise<Seen> {
  const presence = await presenceOf(account.id, deps);
  if (presence.kind === "present") return survey(deps, account, presence);
  if (before !== null) return { kind: "remembered", exposure: before, why: presence.why };
  throw tooLate(deps, account, presence.why);
}

/** For a kind that is looked at by itself, without `exposure` before it. */
export async function lookAlone(deps: CiDeps, account: Account, known: readonly Finding[]): Promise<Seen | "known"> {
  const presence = await presenceOf(account.id, deps);
  if (presence.kind === "present") return survey(deps, account, presence);
  if (known.length > 0) return "known";
  throw tooLate(deps, account, presence.why);
}

async function survey(
  deps: CiDeps,
  account: Account,
  { login, isOwner }: { login: string; isOwner: boolean },
): Promise<Seen> {
  const seenAt = deps.clock();
  const read = await surveyOf({ userId: Number(account.id), login, isOwner }, deps);
  return { kind: "surveyed", survey: read, exposed: exposureOf(read, deps.settings.production, seenAt), seenAt };
}

function tooLate(deps: CiDeps, { label }: Account, why: string) {
  const what =
    `what ${label} could read can no longer be seen: ${why}, and no earlier look saw it. No secret was listed or replaced. ` +
    "Replace by hand what they could have read, from the organization's audit log and its teams, and record that as an exception";
  return failed("not-visible", deps, "exposure", what);
}

function toFinding(
  account: Account,
  { survey, exposed, seenAt }: { survey: Survey; exposed: readonly ExposedSecret[]; seenAt: Date },
  { settings }: CiDeps,
): Finding {
  const writable = writableCount(survey);
  const plans = settings.plans.filter((plan) => exposedBy(plan, exposed) !== null);
  const planned = exposed.filter(({ place }) => settings.plans.some((plan) => holds(plan, place)));
  return {
    kind: "exposure",
    ref: account.id,
    accountId: account.id,
    label: `could write to ${writable} ${writable === 1 ? "repository" : "repositories"}; ${exposed.length} secrets within reach`,
    holder: "can-read",
    risk: survey.isOwner ? "admin" : "read",
    createdAt: null,
    lastUsedAt: null,
    expiresAt: null,
    facts: {
      repositories: writable,
      secrets: exposed.length,
      byHand: exposed.length - planned.length,
      isOwner: survey.isOwner,
      plans: plans.map(({ name }) => name).join(" "),
      exposedAt: seenAt.toISOString(),
    },
  };
}

/** The most urgent secret by which a plan's credential was exposed; null when none of its consumers was. */
export function exposedBy(plan: Plan, exposed: readonly ExposedSecret[]): ExposedSecret | null {
  return exposed.find(({ place }) => holds(plan, place)) ?? null;
}

/** Whether a secret is one that a plan names. GitHub takes names of repositories and environments in any case. */
export function holds(plan: Plan, place: SecretPlace): boolean {
  const text = (one: SecretPlace) =>
    [
      one.store,
      one.scope.kind,
      one.scope.kind === "organization" ? "" : one.scope.repository.name,
      one.scope.kind === "environment" ? one.scope.environment : "",
      one.name,
    ]
      .join("\n")
      .toLowerCase();
  return consumersOf(plan).some((consumer) => text(consumer.place) === text(place));
}
