import { foldIdentifier } from "../../store/people/index.ts";
import { rows } from "../../store/sql.ts";
import type { Queryable } from "../../store/sql.ts";
import { Problem } from "../problem.ts";

export interface FoundPerson {
  id: string;
  source: string;
  userName: string;
  active: boolean;
  generation: number;
}

/** Names one person: by id, or by user name, with the source where the name alone is not enough. */
export type PersonKey = { personId: string } | { userName: string; source?: string | undefined };

/**
 * The one person a caller means, locked for the transaction. A name that fits several people is refused and never
 * guessed: the wrong person is worse than a late one (law 6).
 *
 * @throws {Problem} `unknown-person`, `ambiguous-person`.
 */
export async function lockPerson(client: Queryable, key: PersonKey): Promise<FoundPerson> {
  const columns = `id, source, user_name AS "userName", active, generation`;
  const found =
    "personId" in key
      ? await rows<FoundPerson>(
          client,
          `SELECT ${columns} FROM person WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`,
          [key.personId],
        )
      : await rows<FoundPerson>(
          client,
          `SELECT ${columns} FROM person
            WHERE user_name_lower = $1 AND ($2::text IS NULL OR source = $2) AND deleted_at IS NULL
            ORDER BY source, id LIMIT 20 FOR UPDATE`,
          [foldIdentifier(key.userName), key.source ?? null],
        );
  const [person, another] = found;
  if (person === undefined)
    throw new Problem(
      "unknown-person",
      "No source announced this person. For somebody no source knows, confirm their accounts first (`lastday link`, POST /links with createPerson), then offboard them.",
    );
  if (another !== undefined) {
    const sources = [...new Set(found.map((one) => one.source))].join(", ");
    throw new Problem("ambiguous-person", `This user name exists in ${sources}; add \`source\` or give \`personId\`.`, {
      errors: [{ field: "source", message: `one of ${sources}` }],
    });
  }
  return person;
}
