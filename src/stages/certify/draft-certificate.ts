import type { RecordInput, StatementInput } from "../../certificate/index.ts";
import type { CaseSnapshot, ItemSnapshot, TargetSnapshot } from "../../domain/case-snapshot.ts";
import { holdsTheTarget } from "../../domain/item-state.ts";
import { digestOf } from "../plan/freeze-plan.ts";

export interface DraftFacts {
  certificateId: string;
  issuer: { id: string; org: string };
  software: { name: string; version: string; digest: string | null };
  /** Head of the audit chain; every row of this case is at or below it. */
  audit: { seq: number; sha256: string } | null;
}

export interface CertificateDraft {
  statement: StatementInput;
  records: readonly RecordInput[];
}

/** Whether a final certificate may be signed now (I09): every target finished, no look older than the last freeze. */
export function isFinal(snapshot: CaseSnapshot): boolean {
  const { targets, items } = snapshot;
  const { lastFreezeAt } = snapshot.case;
  return (
    targets.length > 0 &&
    targets.every((target) => target.state === "finished") &&
    targets.every(
      (target) => target.firstCleanAt === null || lastFreezeAt === null || target.firstCleanAt > lastFreezeAt,
    ) &&
    !items.some(holdsTheTarget)
  );
}

/** Turns a case into what its certificate says: a pure function, so that nothing can be claimed that was not read. */
export function draftCertificate(
  snapshot: CaseSnapshot,
  want: "final" | "interim",
  facts: DraftFacts,
): CertificateDraft {
  const { targets, items, person } = snapshot;
  const issuedAt = latest(snapshot);
  const allPlanned = targets.every((target) => target.accountsSha256 !== null);
  return {
    statement: {
      certificateId: facts.certificateId,
      issuer: facts.issuer,
      subject: { kind: "person", id: person.id, userName: person.userName, displayName: person.displayName },
      trigger: {
        source: snapshot.case.source,
        event: snapshot.case.event,
        effectiveAt: snapshot.case.effectiveAt,
        effectiveFrom: snapshot.case.effectiveFrom,
        receivedAt: snapshot.case.receivedAt,
        rawSha256: snapshot.case.rawSha256,
      },
      runs: snapshot.runs.map((run) => ({
        ...run,
        completedAt: run.completedAt ?? (want === "final" && run.id === snapshot.case.runId ? issuedAt : null),
      })),
      plan: {
        caseSha256: snapshot.case.planSha256,
        targetsSha256: allPlanned
          ? digestOf(targets.map(({ target, accountsSha256 }) => ({ target, accountsSha256 })))
          : null,
      },
      preserve: snapshot.case.preserve,
      demo: snapshot.case.demo,
      watchedUntil: watchedUntil(snapshot, issuedAt, want),
      policyDigest: snapshot.case.policySha256,
      software: facts.software,
      scope: targets.map((target) => ({
        target: target.target,
        connector: target.connector,
        version: target.connectorVersion,
        mode: target.mode,
        inventory: target.inventory ?? "failed",
        listedAt: target.listedAt,
        frozen: target.freeze === "frozen",
      })),
      notCovered: targets.flatMap(notCoveredAt),
      outcome: want === "interim" ? "interim" : outcomeOf(snapshot),
      issuedAt,
      supersedes: snapshot.previous?.paeSha256 ?? null,
      audit: facts.audit,
    },
    records: items.map((item, seq) => recordOf(item, seq, snapshot)),
  };
}

/**
 * `complete` claims that everything was seen dead, everywhere, by whole listings; anything less is said. Somebody of whom
 * no target knew an account may have been looked for under the wrong name: that is an exception too.
 */
export function outcomeOf({
  targets,
  items,
}: Pick<CaseSnapshot, "targets" | "items">): "complete" | "complete_with_exceptions" {
  const everywhere = targets.every((target) => target.mode === "enforce" && target.inventory === "complete");
  const everything = items.every(
    (item) => item.disposition === null && item.outcome !== "cut-off" && item.verdict === "dead",
  );
  const somewhere = targets.some((target) => target.accounts > 0);
  return everywhere && everything && somewhere ? "complete" : "complete_with_exceptions";
}

function notCoveredAt(target: TargetSnapshot): { target: string; what: string; why: string }[] {
  const gaps = target.gaps.map(({ kind, why }) => ({ target: target.target, what: `kind ${kind}`, why }));
  if (target.mode === "observe") {
    gaps.push({
      target: target.target,
      what: "the whole target",
      why: "it was only observed: nothing was ended there",
    });
  }
  if (target.state === "finished" && target.accounts === 0) {
    gaps.push({
      target: target.target,
      what: "accounts",
      why: "no account there matched this person, so nothing was looked at",
    });
  }
  if (target.freeze === "unsupported") {
    gaps.push({
      target: target.target,
      what: "freeze",
      why: target.freezeReason ?? "the account could not be frozen first",
    });
  }
  if (target.state !== "finished") {
    gaps.push({ target: target.target, what: "not finished", why: target.reason ?? "its steps have not all ended" });
  }
  return gaps;
}

function recordOf(item: ItemSnapshot, seq: number, { targets, case: held }: CaseSnapshot): RecordInput {
  const target = targets.find((one) => one.target === item.target);
  return {
    seq,
    target: {
      name: item.target,
      connector: target?.connector ?? "unknown",
      connectorVersion: target?.connectorVersion ?? "unknown",
    },
    credential: {
      type: item.kind,
      ref: item.ref,
      label: item.label,
      createdAt: item.createdAtTarget,
      discoveredAt: item.discoveredAt,
    },
    revocation:
      item.outcome === null
        ? null
        : {
            outcome: item.outcome,
            method: item.revokeOperation,
            runId: item.revokeRunId ?? held.runId,
            stepId: item.revokeStepId ?? held.runId,
            requestedAt: item.requestedAt,
            effectiveAt: item.outcome === "revoked" || item.outcome === "disabled" ? item.outcomeAt : null,
            evidence: item.revokeEvidence,
          },
    verification: {
      verdict: item.verdict ?? "unknown",
      grade: item.grade,
      at: item.verdictAt,
      attempts: item.looks,
      evidence: item.verifyEvidence,
    },
    holding: holdingOf(item),
  };
}

/** What stands in place of a proof, and who answers for it. */
function holdingOf(item: ItemSnapshot): RecordInput["holding"] {
  const { disposition, discoveredAt: at, outcomeReason } = item;
  switch (disposition) {
    case "attested":
    case "excepted":
      return {
        kind: disposition,
        by: item.disposedBy,
        at: item.disposedAt ?? at,
        reason: item.disposedReason ?? "no reason was given",
      };
    case "reported":
      return { kind: "reported", by: [], at, reason: outcomeReason ?? "reported, not ended by Lastday" };
    case "observed":
      return { kind: "reported", by: [], at, reason: outcomeReason ?? "only observed" };
    case null:
      return item.outcome === "cut-off"
        ? { kind: "cut-off", by: [], at, reason: outcomeReason ?? "reported, not ended by Lastday" }
        : null;
  }
}

function watchedUntil(snapshot: CaseSnapshot, issuedAt: Date, want: "final" | "interim"): Date | null {
  const last = snapshot.case.watchMs.at(-1);
  if (want === "interim" || last === undefined || snapshot.case.watchesDone >= snapshot.case.watchMs.length)
    return null;
  return new Date((snapshot.case.completedAt ?? issuedAt).getTime() + last);
}

/** Never before anything it reports, whatever a clock did meanwhile. */
function latest({ at, items, targets, runs }: CaseSnapshot): Date {
  const times = [
    at,
    ...items.flatMap((item) => [item.discoveredAt, item.requestedAt, item.outcomeAt, item.verdictAt]),
    ...targets.map((target) => target.listedAt),
    ...runs.map((run) => run.startedAt),
  ];
  return new Date(Math.max(...times.map((time) => time?.getTime() ?? 0)));
}
