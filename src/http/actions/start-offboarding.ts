import type { OpenedCase } from "../../store/open-case.ts";
import { inTransaction } from "../../store/pool.ts";
import { row } from "../../store/sql.ts";
import type { Queryable } from "../../store/sql.ts";
import { requireRole } from "../actor.ts";
import type { Actor } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { Problem } from "../problem.ts";
import { deactivatePerson } from "./deactivate-person.ts";
import { lockPerson } from "./find-person.ts";
import type { FoundPerson, PersonKey } from "./find-person.ts";

/** The source under which people and notices of the manual door are filed; the guard counts it like any other. */
export const manualSource = "manual";

export interface StartInput {
  who: PersonKey;
  reason: string;
  urgent: boolean;
  /** Not before then; null: now. */
  at: Date | null;
}

/**
 * The manual door: a person becomes a leaver because somebody says so. The same guard stands here as at every other
 * door (I13); an urgent case passes it, which takes an approver (trust rule 7).
 *
 * @throws {Problem} `unknown-person`, `ambiguous-person`, `forbidden-role`, `invalid-request`.
 */
export async function startOffboarding(input: StartInput, actor: Actor, deps: HttpDeps): Promise<OpenedCase> {
  if (input.urgent) requireRole(actor, "approver");
  return await inTransaction(deps.pool, async (client) => {
    const person = await lockPerson(client, input.who);
    if (input.at !== null) await requireFuture(client, input.at);
    const generation = await generationOf(client, person, input.at, actor);
    return await deps.caseOpener.openCase(client, {
      notice: {
        source: manualSource,
        deliveryId: deps.newId(),
        kind: "requested",
        personId: person.id,
        effectiveAt: input.at,
        effectiveFrom: input.at === null ? "unknown" : "operator",
        raw: Buffer.from(
          JSON.stringify({ personId: person.id, urgent: input.urgent, at: input.at, reason: input.reason }),
        ),
        mediaType: "application/json",
      },
      person: { id: person.id, generation },
      requestedBy: actor.label,
      reason: input.reason,
      urgent: input.urgent,
      hold: deps.isProtected(person.userName) ? "protected" : null,
      startAt: input.at,
    });
  });
}

/**
 * Asked of the database's clock, whose `now()` is the same for the whole transaction: a time that the case opener would
 * take for past would pass the guard.
 */
async function requireFuture(client: Queryable, at: Date): Promise<void> {
  const answer = await row<{ isFuture: boolean }>(client, `SELECT $1::timestamptz > now() AS "isFuture"`, [at]);
  if (answer?.isFuture !== true)
    throw new Problem("invalid-request", "Check at.", {
      errors: [{ field: "at", message: "must lie in the future; leave it out to start now" }],
    });
}

/**
 * The generation under which the person is gone. Nothing is ever written for an active person (I04), so a claim that
 * counts now changes the person first, as a source's would; one for later leaves them active until its hour, when the
 * start of the case makes them gone under the next generation.
 */
async function generationOf(client: Queryable, person: FoundPerson, at: Date | null, actor: Actor): Promise<number> {
  if (!person.active) return person.generation;
  return at === null ? await deactivatePerson(client, person.id, actor) : person.generation + 1;
}
