import { audit } from "../../store/audit.ts";
import { row } from "../../store/sql.ts";
import type { Queryable } from "../../store/sql.ts";
import type { Actor } from "../actor.ts";

/** Makes a person gone because somebody here says so, under the next generation. The caller holds the person's lock. */
export async function deactivatePerson(client: Queryable, personId: string, actor: Actor): Promise<number> {
  const changed = await row<{ generation: number }>(
    client,
    `UPDATE person SET active = false, generation = generation + 1, version = version + 1, updated_at = now()
      WHERE id = $1 RETURNING generation`,
    [personId],
  );
  if (changed === null) throw new Error("a locked person vanished");
  await audit(client, {
    actor: actor.label,
    action: "person.deactivated",
    data: { personId, generation: changed.generation },
  });
  return changed.generation;
}
