import { buildRecord, issueCertificate } from "../../certificate/index.ts";
import type { EnvelopeSigner, IssuedCertificate } from "../../certificate/index.ts";
import type { CaseSnapshot } from "../../domain/case-snapshot.ts";
import type { Fault } from "../../domain/fault.ts";
import { draftCertificate, isFinal } from "./draft-certificate.ts";
import type { DraftFacts } from "./draft-certificate.ts";

/** A certificate on its way into the store. */
export interface CertificateToSave {
  id: string;
  kind: "final" | "interim";
  outcome: "complete" | "complete_with_exceptions" | "interim";
  keyid: string;
  issued: IssuedCertificate;
  issuedAt: Date;
}

/** The case under lock, inside one transaction: nothing it was drafted from can change before it is saved. */
export interface CertifyStore {
  /** Null when the case does not exist. */
  lockCase(caseId: string): Promise<CaseSnapshot | null>;
  save(snapshot: CaseSnapshot, certificate: CertificateToSave): Promise<void>;
  /** What the case waits for instead. */
  recordUnfinished(snapshot: CaseSnapshot): Promise<void>;
  /** A watch run that ended clean: no new certificate but after the last. */
  recordWatch(snapshot: CaseSnapshot): Promise<void>;
}

export interface CertifyDeps {
  transaction<T>(work: (store: CertifyStore) => Promise<T>): Promise<T>;
  /** Seals what has committed, so that the certificate names an audit head that covers its case. */
  seal(): Promise<DraftFacts["audit"]>;
  signer: EnvelopeSigner;
  issuer: DraftFacts["issuer"];
  software: DraftFacts["software"];
  newId(): string;
  fault: Fault;
}

export type CertifyResult =
  | { kind: "issued"; certificateId: string; outcome: CertificateToSave["outcome"] }
  | { kind: "unfinished" }
  | { kind: "watched" }
  | { kind: "nothing" };

/**
 * Signs when every target is finished; otherwise records what the case waits for. It re-reads the tables and believes
 * no job: signing, saving and the end of the case are one transaction, so there is exactly one final certificate (I09).
 */
export async function certifyCase(caseId: string, deps: CertifyDeps): Promise<CertifyResult> {
  const audit = await deps.seal();
  const result = await deps.transaction(async (store): Promise<CertifyResult> => {
    const snapshot = await store.lockCase(caseId);
    if (snapshot === null) return { kind: "nothing" };
    const { state, runId, watchMs, watchesDone, deleting } = snapshot.case;
    const runEnded = snapshot.runs.some((run) => run.id === runId && run.completedAt !== null);
    if (runEnded || state === "cancelled" || state === "awaiting_approval" || state === "scheduled")
      return { kind: "nothing" };
    if (!isFinal(snapshot)) {
      await store.recordUnfinished(snapshot);
      return { kind: "unfinished" };
    }
    const isWatch = (state === "complete" || state === "complete_with_exceptions") && !deleting;
    if (isWatch && watchesDone + 1 < watchMs.length) {
      await store.recordWatch(snapshot);
      return { kind: "watched" };
    }
    const seen = isWatch ? { ...snapshot, case: { ...snapshot.case, watchesDone: watchesDone + 1 } } : snapshot;
    return issue(store, seen, "final", audit, deps);
  });
  if (result.kind === "issued") await deps.fault("certify.after-commit");
  return result;
}

/** Signs what is known now, marked interim: it says what is still alive. Null when there is no such case. */
export async function issueInterim(caseId: string, deps: CertifyDeps): Promise<{ certificateId: string } | null> {
  const audit = await deps.seal();
  return deps.transaction(async (store) => {
    const snapshot = await store.lockCase(caseId);
    if (snapshot === null) return null;
    return issue(store, snapshot, "interim", audit, deps);
  });
}

async function issue(
  store: CertifyStore,
  snapshot: CaseSnapshot,
  kind: "final" | "interim",
  audit: DraftFacts["audit"],
  deps: CertifyDeps,
): Promise<{ kind: "issued"; certificateId: string; outcome: CertificateToSave["outcome"] }> {
  const certificateId = deps.newId();
  const { statement, records } = draftCertificate(snapshot, kind, {
    certificateId,
    issuer: deps.issuer,
    software: deps.software,
    audit,
  });
  await deps.fault("certify.before-sign");
  const issued = await issueCertificate({
    statement,
    records: records.map((record) => buildRecord(record)),
    signer: deps.signer,
  });
  await deps.fault("certify.after-sign");
  await store.save(snapshot, {
    id: certificateId,
    kind,
    outcome: statement.outcome,
    keyid: deps.signer.keyid,
    issued,
    issuedAt: statement.issuedAt,
  });
  return { kind: "issued", certificateId, outcome: statement.outcome };
}
