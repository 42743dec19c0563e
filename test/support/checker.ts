import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { LoggedCall } from "../../connectors/testkit/faults/index.ts";
import { parseTrustFile } from "../../src/certificate/index.ts";
import { verifyCertificate } from "../../src/verifier/index.ts";
import { eventually } from "./eventually.ts";
import type { Planted, World } from "./world.ts";

/**
 * Judges a world from outside, after whatever was done to it: by the API's answers, the fake's own truth and the rows of
 * the database. Of the product it uses one thing, the offline verifier, as an auditor would. Everything that does not
 * hold is one sentence; nothing found is an empty list.
 */
export interface EndedCase {
  readonly caseId: string;
  readonly leaver: Planted;
  /** People who stay, with `stateOf` as it was before. */
  readonly bystanders: readonly { readonly planted: Planted; readonly before: string }[];
  /** Leavers of other cases of the world, who may be written to as well. */
  readonly others?: readonly Planted[];
}

/** Everything that must hold once a case is complete (trust I01, I04, I06, I08, I09, I10). */
export async function complaintsAbout(
  world: World,
  { caseId, leaver, bystanders, others = [] }: EndedCase,
): Promise<string[]> {
  const leavers = [leaver, ...others];
  const complaints = [
    await caseIsComplete(world, caseId),
    await oneGenuineCertificate(world, caseId, leaver),
    aliveAtKong(world, leaver).map((id) => `I08: ${id} of the leaver is alive at Kong`),
    bystanders
      .filter(({ planted, before }) => world.kong.stateOf(planted.consumer.id) !== before)
      .map(({ planted }) => `I05: bystander ${planted.userName} was touched`),
    await writesHaveIntents(
      world,
      leavers.flatMap((one) => [one.consumer.id, ...heldBy(one)]),
    ),
    await auditChainHolds(world),
    world.kong.violations().map((violation) => `Kong's API has no such thing: ${JSON.stringify(violation)}`),
  ];
  return complaints.flat();
}

interface CaseRead {
  readonly id: string;
  readonly state: string;
  readonly subject: { readonly personId: string };
  readonly run: { readonly number: number; readonly watchesDone: number };
  readonly itemList: readonly ItemRead[];
  readonly targetList: readonly {
    readonly target: string;
    readonly state: string;
    readonly reasonCode: string | null;
  }[];
  readonly certificates: readonly { readonly kind: string; readonly outcome: string }[];
}

interface ItemRead {
  readonly kind: string;
  readonly ref: string;
  readonly status: { readonly badge: string; readonly word: string };
}

export async function readCase(world: World, caseId: string): Promise<CaseRead> {
  return (await world.api()).get<CaseRead>(`/cases/${caseId}`);
}

/** Waits for the end of a case, also across a lock that must run out and a sweep that must come. */
export async function untilComplete(world: World, caseId: string): Promise<void> {
  const isComplete = async (): Promise<boolean> => (await readCase(world, caseId)).state === "complete";
  await eventually("the end of the case", isComplete, { withinMs: 150_000, everyMs: 200 });
}

/** The cases of a person, newest first. */
export async function casesOf(world: World, personId: string): Promise<{ id: string; state: string }[]> {
  const page = await (await world.api()).get<{ items: { id: string; state: string }[] }>(`/cases?personId=${personId}`);
  return page.items;
}

/** What the leaver's consumer holds, by Kong's own ids: what must be dead. */
export function heldBy({ consumer }: Planted): string[] {
  const { keyAuth, jwt, basicAuth, hmacAuth, oauth2, acls } = consumer;
  const tokens = oauth2.flatMap((application) => application.tokens);
  return [keyAuth, jwt, basicAuth, hmacAuth, oauth2, tokens, acls].flat().map(({ id }) => id);
}

export function aliveAtKong(world: World, leaver: Planted): string[] {
  return heldBy(leaver).filter((id) => world.kong.alive(id));
}

async function caseIsComplete(world: World, caseId: string): Promise<string[]> {
  const found = await readCase(world, caseId);
  const all = await casesOf(world, found.subject.personId);
  return [
    ...(found.state === "complete" ? [] : [`I02: the case is ${found.state}`]),
    ...(found.run.number === 1 && found.run.watchesDone === 0 ? [] : ["I08: a watch is counted that nobody made"]),
    ...(all.length === 1 ? [] : [`I03: the person has ${all.length} cases`]),
    ...found.itemList
      .filter(({ status }) => status.badge !== "verified")
      .map(({ kind, ref, status }) => `I08: ${kind} ${ref} is shown as "${status.word}" in a complete case`),
  ];
}

/** The file of a case's certificate, as the API gives it, and what an auditor with the published trust file reads in it. */
export async function readCertificate(world: World, caseId: string) {
  const file = await (await world.api()).send("GET", `/cases/${caseId}/certificate`);
  if (file.status !== 200) throw new Error(`the certificate's address answered ${file.status}: ${file.text}`);
  const trust = await (await fetch(`${world.apiUrl}/.well-known/lastday-trust.json`)).text();
  const bodies = new Map(
    (
      await world.query<{ sha256: string; body: Buffer }>(
        `SELECT b.sha256, b.body FROM evidence_body b JOIN exchange x USING (sha256) WHERE x.case_id = $1`,
        [caseId],
      )
    ).map(({ sha256, body }) => [sha256, body]),
  );
  const report = verifyCertificate({
    certificate: Buffer.from(file.text),
    trust: parseTrustFile(Buffer.from(trust)),
    evidence: (sha256) => bodies.get(sha256) ?? null,
  });
  return { text: file.text, report };
}

async function oneGenuineCertificate(world: World, caseId: string, leaver: Planted): Promise<string[]> {
  const rows = await world.query<{ kind: string }>(`SELECT kind FROM certificate WHERE case_id = $1`, [caseId]);
  const finals = rows.filter(({ kind }) => kind === "final").length;
  if (finals !== 1) return [`I09: ${finals} final certificates`];
  const { report } = await readCertificate(world, caseId);
  const { result, findings, certificate } = report;
  if (certificate === null || result !== "valid") {
    return [`I22: the certificate is ${result}: ${findings.map(({ code }) => code).join(", ")}`];
  }
  const items = certificate.contents.items;
  const proven = items.filter((item) => item.verification.verdict === "dead").map((item) => item.credential.ref);
  const { outcome } = certificate.statement.predicate;
  return [
    ...(outcome === "complete" ? [] : [`I09: its outcome is ${outcome}`]),
    ...(certificate.level.evidence === "checked" ? [] : ["I09: its evidence is not all there"]),
    ...(sameSet(proven, heldBy(leaver))
      ? []
      : [`I09: it proves ${proven.length} of ${items.length} items dead; the leaver held ${heldBy(leaver).length}`]),
  ];
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

interface IntentRow {
  readonly id: string;
  readonly itemRef: string | null;
  readonly openedAt: Date;
}

/** The database rounds to the millisecond, the fake cuts: one instant may read one apart. */
const roundingMs = 1;

/**
 * Each write that reached Kong has an intent of its own that committed before it, for the item it was about (I06), and
 * is about something that may be written to at all (I05).
 */
export async function writesHaveIntents(world: World, allowed: readonly string[]): Promise<string[]> {
  const intents = await world.query<IntentRow>(
    `SELECT id, item_ref AS "itemRef", opened_at AS "openedAt" FROM intent ORDER BY opened_at`,
  );
  const free = new Set(intents);
  return world.kong.writes().flatMap((write) => {
    const place = `${write.method} ${write.path}`;
    const strangers = write.path.split("/").some((part) => allowed.includes(part))
      ? []
      : [`I05: ${place} is about a stranger`];
    const intent = [...free].find(
      (one) => isFor(one, write) && one.openedAt.getTime() <= write.at.getTime() + roundingMs,
    );
    if (intent === undefined)
      return [...strangers, `I06: ${place} at ${write.at.toISOString()} had no intent before it`];
    free.delete(intent);
    return strangers;
  });
}

function isFor({ itemRef }: IntentRow, { method, path }: LoggedCall): boolean {
  if (itemRef === null) return method !== "DELETE";
  return method === "DELETE" && path.endsWith(`/${itemRef.slice(itemRef.indexOf("/") + 1)}`);
}

interface AuditRow {
  readonly id: string;
  readonly seq: string | null;
  readonly sha256: string | null;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly caseId: string | null;
  readonly target: string | null;
  readonly data: unknown;
  readonly isPending: boolean;
}

/** The chain recomputed from the rows alone: SHA-256 over the canonical JSON of the previous hash, the place and the row. */
export async function auditChainHolds(world: World): Promise<string[]> {
  const rows = await world.query<AuditRow>(
    `SELECT a.id, s.seq, s.sha256, a.at, a.actor, a.action, a.case_id AS "caseId", a.target, a.data,
            p.audit_id IS NOT NULL AS "isPending"
       FROM audit a FULL JOIN audit_seal s ON s.audit_id = a.id LEFT JOIN audit_pending p ON p.audit_id = a.id
      ORDER BY s.seq NULLS LAST`,
  );
  let previous = "0".repeat(64);
  let place = 0;
  for (const { seq, sha256, at, isPending, ...entry } of rows) {
    if (seq === null) {
      if (!isPending) return [`I10: audit row ${entry.id} is in no chain and not waiting for one`];
      continue;
    }
    place += 1;
    if (entry.id === null || Number(seq) !== place) return [`I10: the audit chain has a gap at ${place}`];
    const text = canonicalize({ previous, seq: place, ...entry, at: at.toISOString() }) ?? "";
    previous = createHash("sha256").update(text).digest("hex");
    if (previous !== sha256) return [`I10: audit row ${place} is not what was sealed`];
  }
  return place === 0 ? ["I10: nothing was audited"] : [];
}
