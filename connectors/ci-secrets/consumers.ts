import type { Finding } from "../../src/domain/access.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import type { ShownSecret } from "./github/client.ts";
import { textOf } from "./place.ts";
import type { SecretPlace } from "./place.ts";
import type { ConsumerSettings, Plan } from "./plan-settings.ts";
import { sealFor } from "./sealed-box.ts";
import { selectedFor } from "./survey.ts";

/** A secret of a plan, by the names the operator wrote. */
export interface Consumer {
  settings: ConsumerSettings;
  place: SecretPlace;
  /** The fact that keeps when it was last written before the rotation. */
  fact: string;
}

/** GitHub's clock and its own are one, but its dates have whole seconds. */
const secondMs = 1_000;

export function consumersOf({ consumers }: Plan): readonly Consumer[] {
  return consumers.map((settings) => {
    const place = placeOf(settings);
    const where = settings.environment === undefined ? settings.at : `${settings.at}/${settings.environment}`;
    return { settings, place, fact: `written ${settings.in} ${where}/${settings.name}` };
  });
}

/** The repository's id is not needed to write to it, and not known from settings. */
function placeOf({ in: store, at, environment, name }: ConsumerSettings): SecretPlace {
  if (at === "organization") return { store, scope: { kind: "organization" }, name };
  const repository = { id: 0, name: at };
  return environment === undefined
    ? { store, scope: { kind: "repository", repository }, name }
    : { store, scope: { kind: "environment", repository, environment }, name };
}

/** What GitHub shows of each consumer now; null for one that is not there, or not shown. */
export async function lookAtConsumers(
  plan: Plan,
  { github }: CiDeps,
): Promise<readonly { consumer: Consumer; shown: ShownSecret | null }[]> {
  const seen: { consumer: Consumer; shown: ShownSecret | null }[] = [];
  for (const consumer of consumersOf(plan)) seen.push({ consumer, shown: await github.secret(consumer.place) });
  return seen;
}

/** Facts of a finding from which a later step knows whether a consumer was written since. */
export function factsOf(seen: Awaited<ReturnType<typeof lookAtConsumers>>): Finding["facts"] {
  return Object.fromEntries(
    seen.map(({ consumer, shown }) => [consumer.fact, shown?.updatedAt?.toISOString() ?? null]),
  );
}

/** Whether a consumer was written since the finding was made. One that was not there then, and is now, was. */
export function wasWritten({ fact }: Consumer, shown: ShownSecret | null, { facts }: Finding): boolean {
  const before = facts[fact];
  if (shown === null) return false;
  return typeof before !== "string" || (shown.updatedAt ?? new Date(0)).getTime() > Date.parse(before);
}

/** When the last consumer was given its present value; null when none of them is there. */
export async function lastWrite(plan: Plan, deps: CiDeps): Promise<Date | null> {
  const times = (await lookAtConsumers(plan, deps)).flatMap(({ shown }) => shown?.updatedAt?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/**
 * Writes a value to every consumer. All of them are looked at before the first is written, so that one that vanished
 * leaves the others as they were.
 *
 * @param valueOf the text that a consumer stores.
 * @throws {ConnectorError} `not-visible` when a consumer is not there; `unavailable` when GitHub took a value and does
 * not show that it did.
 */
export async function writeConsumers(
  plan: Plan,
  finding: Finding,
  valueOf: (consumer: Consumer) => string,
  deps: CiDeps,
): Promise<void> {
  const seen = await lookAtConsumers(plan, deps);
  const missing = seen.find(({ shown }) => shown === null);
  if (missing !== undefined) {
    const what = `${textOf(missing.consumer.place)}, which the plan ${plan.name} names, is not there or not shown to our credential: nothing was written; restore it, or take it out of the plan`;
    throw failed("not-visible", deps, "getSecret", what);
  }
  for (const { consumer, shown } of seen) {
    if (shown !== null) await writeConsumer(consumer, shown, finding, valueOf(consumer), deps);
  }
}

/** Who may see an organization's secret stays exactly as it is: GitHub would otherwise take what the write says. */
async function writeConsumer(
  consumer: Consumer,
  before: ShownSecret,
  finding: Finding,
  value: string,
  deps: CiDeps,
): Promise<void> {
  const { github } = deps;
  const { place } = consumer;
  const publicKey = await github.publicKey(place.store, place.scope);
  if (publicKey === null) {
    throw failed(
      "not-visible",
      deps,
      "getPublicKey",
      `the public key for ${textOf(place)} is not shown to our credential`,
    );
  }
  const { visibility } = before;
  const selected = visibility === "selected" ? await selectedFor(place.store, place.name, deps) : [];
  const answeredAt = await github.putSecret(place, {
    encryptedValue: await sealedFor(publicKey.key, value, place, deps),
    keyId: publicKey.keyId,
    sharing: visibility === null ? null : { visibility, selected },
  });
  const after = await github.secret(place);
  if (after !== null && hasMoved(consumer, { before, after, answeredAt }, finding)) return;
  throw failed(
    "unavailable",
    deps,
    "putSecret",
    `GitHub took a new value for ${textOf(place)} and does not show that it did`,
  );
}

/**
 * Whether a write shows in the secret's date. Two writes within one second leave the same date; then it counts when the
 * secret was written since the finding was made, and in the very second in which GitHub answered.
 */
function hasMoved(
  consumer: Consumer,
  { before, after, answeredAt }: { before: ShownSecret; after: ShownSecret; answeredAt: Date | null },
  finding: Finding,
): boolean {
  const [then, now] = [before.updatedAt?.getTime() ?? 0, after.updatedAt?.getTime() ?? 0];
  if (now > then) return true;
  const isOfThisSecond = answeredAt !== null && Math.abs(answeredAt.getTime() - now) <= secondMs;
  return isOfThisSecond && wasWritten(consumer, after, finding);
}

async function sealedFor(key: string, value: string, place: SecretPlace, deps: CiDeps): Promise<string> {
  try {
    return await sealFor({ key }, value);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw failed("invalid-response", deps, "getPublicKey", `the public key for ${textOf(place)} is ${thrown.message}`);
  }
}
