import { row, rows } from "../sql.ts";
import type { Queryable } from "../sql.ts";
import type { Position } from "./questions.ts";

/** People, links, previews and the health of targets, as the API shows them. */
export interface PersonViewRow {
  id: string;
  source: string;
  userName: string;
  displayName: string | null;
  active: boolean;
  liveCaseId: string | null;
}

/** People with this user name, in the form under which names are compared. */
export async function findPeople(client: Queryable, foldedUserName: string): Promise<PersonViewRow[]> {
  return await rows<PersonViewRow>(
    client,
    `SELECT p.id, p.source, p.user_name AS "userName", p.display_name AS "displayName", p.active,
            (SELECT c.id FROM cases c WHERE c.person_id = p.id AND c.generation = p.generation AND c.state <> 'cancelled')
              AS "liveCaseId"
       FROM person p WHERE p.user_name_lower = $1 AND p.deleted_at IS NULL ORDER BY p.source, p.id LIMIT 100`,
    [foldedUserName],
  );
}

export interface LinkRow {
  id: string;
  personId: string;
  userName: string;
  target: string;
  accountId: string;
  label: string;
  confirmedBy: string;
  confirmedAt: Date;
}

/** Live links, oldest first. */
export async function listLinkRows(
  client: Queryable,
  input: {
    linkId: string | null;
    personId: string | null;
    target: string | null;
    after: Position | null;
    limit: number;
  },
): Promise<LinkRow[]> {
  return await rows<LinkRow>(
    client,
    `SELECT l.id, l.person_id AS "personId", p.user_name AS "userName", l.target, l.account_id AS "accountId", l.label,
            l.confirmed_by AS "confirmedBy", l.confirmed_at AS "confirmedAt"
       FROM account_link l JOIN person p ON p.id = l.person_id
      WHERE l.ended_at IS NULL AND ($1::uuid IS NULL OR l.id = $1) AND ($2::uuid IS NULL OR l.person_id = $2)
        AND ($3::text IS NULL OR l.target = $3)
        AND ($4::timestamptz IS NULL OR (l.confirmed_at, l.id) > ($4::timestamptz, $5::uuid))
      ORDER BY l.confirmed_at, l.id LIMIT $6`,
    [input.linkId, input.personId, input.target, input.after?.at ?? null, input.after?.id ?? null, input.limit],
  );
}

export interface TargetHealthRow {
  target: string;
  state: string;
  reasonCode: string | null;
  reason: string | null;
  openUntil: Date | null;
  lastSuccessAt: Date | null;
}

export async function readTargetHealth(client: Queryable): Promise<TargetHealthRow[]> {
  return await rows<TargetHealthRow>(
    client,
    `SELECT target, state, reason_code AS "reasonCode", reason, open_until AS "openUntil",
            last_success_at AS "lastSuccessAt" FROM target_health`,
  );
}

export interface PreviewRow {
  id: string;
  personId: string;
  requestedBy: string;
  createdAt: Date;
  targets: { target: string; state: string; result: unknown; finishedAt: Date | null }[];
}

export async function findPreview(client: Queryable, previewId: string): Promise<PreviewRow | null> {
  const found = await row<Omit<PreviewRow, "targets">>(
    client,
    `SELECT id, person_id AS "personId", requested_by AS "requestedBy", created_at AS "createdAt" FROM preview WHERE id = $1`,
    [previewId],
  );
  if (found === null) return null;
  const targets = await rows<PreviewRow["targets"][number]>(
    client,
    `SELECT target, state, result, finished_at AS "finishedAt" FROM preview_target WHERE preview_id = $1 ORDER BY target`,
    [previewId],
  );
  return { ...found, targets };
}
