import { audit } from "../../store/audit.ts";
import { inTransaction } from "../../store/pool.ts";
import type { Actor } from "../actor.ts";
import type { HttpDeps } from "../deps.ts";
import { lockPerson } from "./find-person.ts";
import type { PersonKey } from "./find-person.ts";

/** Asks what offboarding a person would do: resolve and discover at every target, writing nothing anywhere. */
export async function startPreview(who: PersonKey, actor: Actor, deps: HttpDeps): Promise<string> {
  const previewId = deps.newId();
  await inTransaction(deps.pool, async (client) => {
    const person = await lockPerson(client, who);
    await client.query(`INSERT INTO preview (id, person_id, requested_by) VALUES ($1, $2, $3)`, [
      previewId,
      person.id,
      actor.label,
    ]);
    await client.query(`INSERT INTO preview_target (preview_id, target) SELECT $1, unnest($2::text[])`, [
      previewId,
      deps.targets().map((target) => target.name),
    ]);
    await audit(client, { actor: actor.label, action: "preview.requested", data: { previewId, personId: person.id } });
  });
  await deps.startPreview(previewId);
  return previewId;
}
