import { buildRecord, buildStatement } from "../../../src/certificate/index.ts";
import type { CaseSnapshot, ItemSnapshot, TargetSnapshot } from "../../../src/domain/case-snapshot.ts";
import { draftCertificate, isFinal } from "../../../src/stages/certify/draft-certificate.ts";

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 22, 9, 0, second));
const evidence = { sha256: "ab".repeat(32), bytes: 120, mediaType: "application/json" };
const runId = "01a20144-0000-7000-8000-000000000001";

const deadItem: ItemSnapshot = {
  target: "kong",
  kind: "key-auth",
  ref: "key-1",
  label: "API key",
  createdAtTarget: null,
  discoveredAt: at(10),
  outcome: "revoked",
  outcomeReason: null,
  requestedAt: at(11),
  outcomeAt: at(12),
  revokeStepId: "01a20144-0000-7000-8000-000000000002",
  revokeRunId: runId,
  revokeOperation: "deleteKeyAuth",
  revokeEvidence: evidence,
  verdict: "dead",
  grade: "absence",
  verdictAt: at(30),
  looks: 2,
  attempts: 1,
  verifyEvidence: evidence,
  disposition: null,
  disposedBy: [],
  disposedAt: null,
  disposedReason: null,
  principal: false,
};

const finished: TargetSnapshot = {
  target: "kong",
  connector: "gateway-keys",
  connectorVersion: "1",
  mode: "enforce",
  state: "finished",
  reason: null,
  freeze: "frozen",
  freezeReason: null,
  firstCleanAt: at(25),
  accounts: 1,
  accountsSha256: "cd".repeat(32),
  inventory: "complete",
  listedAt: at(30),
  gaps: [],
};

function aSnapshot(
  more: { targets?: TargetSnapshot[]; items?: ItemSnapshot[]; lastFreezeAt?: Date } = {},
): CaseSnapshot {
  return {
    at: at(40),
    case: {
      id: "01a20144-0000-7000-8000-000000000003",
      state: "open",
      runId,
      runNo: 1,
      source: "okta",
      event: "deactivated",
      effectiveAt: null,
      effectiveFrom: "unknown",
      receivedAt: at(0),
      rawSha256: "ef".repeat(32),
      planSha256: "12".repeat(32),
      policySha256: "34".repeat(32),
      preserve: false,
      deleting: false,
      demo: false,
      watchMs: [3_600_000],
      watchesDone: 0,
      completedAt: null,
      lastFreezeAt: more.lastFreezeAt ?? at(5),
    },
    person: { id: "01a20144-0000-7000-8000-000000000004", userName: "leaver@example.com", displayName: null },
    runs: [{ id: runId, startedAt: at(1), completedAt: null }],
    targets: more.targets ?? [finished],
    items: more.items ?? [deadItem],
    previous: null,
  };
}

const facts = {
  certificateId: "01a20144-0000-7000-8000-000000000005",
  issuer: { id: "key", org: "Acme" },
  software: { name: "lastday", version: "0", digest: null },
  audit: null,
};

describe("whether a final certificate may be signed", () => {
  it.each<{ name: string; snapshot: CaseSnapshot; final: boolean }>([
    { name: "every target finished, everything dead", snapshot: aSnapshot(), final: true },
    { name: "nothing was found", snapshot: aSnapshot({ items: [] }), final: true },
    { name: "no target at all", snapshot: aSnapshot({ targets: [], items: [] }), final: false },
    {
      name: "one target not finished",
      snapshot: aSnapshot({ targets: [finished, { ...finished, target: "late", state: "waiting" }] }),
      final: false,
    },
    { name: "a clean look older than the last freeze", snapshot: aSnapshot({ lastFreezeAt: at(26) }), final: false },
    { name: "an item alive", snapshot: aSnapshot({ items: [{ ...deadItem, verdict: "alive" }] }), final: false },
    { name: "an item unknown", snapshot: aSnapshot({ items: [{ ...deadItem, verdict: "unknown" }] }), final: false },
    {
      name: "an item nobody looked at",
      snapshot: aSnapshot({ items: [{ ...deadItem, verdict: null }] }),
      final: false,
    },
    {
      name: "an item that is only cut off",
      snapshot: aSnapshot({ items: [{ ...deadItem, outcome: "cut-off", verdict: null, grade: null }] }),
      final: true,
    },
  ])("I09 $name", ({ snapshot, final }) => {
    expect(isFinal(snapshot)).toBe(final);
  });
});

describe("what a certificate claims", () => {
  it.each<{ name: string; snapshot: CaseSnapshot; outcome: string; notCovered: string[] }>([
    { name: "everything dead, everywhere", snapshot: aSnapshot(), outcome: "complete", notCovered: [] },
    {
      name: "a target that was only observed",
      snapshot: aSnapshot({
        targets: [finished, { ...finished, target: "seen", mode: "observe", freeze: "not-needed" }],
        items: [
          deadItem,
          { ...deadItem, target: "seen", disposition: "observed", outcome: null, verdict: null, grade: null },
        ],
      }),
      outcome: "complete_with_exceptions",
      notCovered: ["seen: the whole target"],
    },
    {
      name: "a kind the target could not show",
      snapshot: aSnapshot({
        targets: [{ ...finished, inventory: "partial", gaps: [{ kind: "mtls-auth", why: "not enabled" }] }],
      }),
      outcome: "complete_with_exceptions",
      notCovered: ["kong: kind mtls-auth"],
    },
    {
      name: "an account that could not be frozen first",
      snapshot: aSnapshot({ targets: [{ ...finished, freeze: "unsupported", freezeReason: "no such plugin" }] }),
      outcome: "complete",
      notCovered: ["kong: freeze"],
    },
    {
      name: "a person whom no target knew",
      snapshot: aSnapshot({
        targets: [{ ...finished, accounts: 0, freeze: "not-needed", firstCleanAt: null }],
        items: [],
      }),
      outcome: "complete_with_exceptions",
      notCovered: ["kong: accounts"],
    },
    {
      name: "a secret that a person says was replaced",
      snapshot: aSnapshot({
        items: [
          {
            ...deadItem,
            outcome: "pending",
            verdict: "unknown",
            grade: null,
            disposition: "attested",
            disposedBy: ["token:dana"],
            disposedAt: at(35),
            disposedReason: "replaced in the vault",
          },
        ],
      }),
      outcome: "complete_with_exceptions",
      notCovered: [],
    },
    {
      name: "a principal that is switched off and not yet deleted",
      snapshot: aSnapshot({ items: [{ ...deadItem, outcome: "disabled", grade: "state", principal: true }] }),
      outcome: "complete",
      notCovered: [],
    },
    {
      name: "access that was only cut off",
      snapshot: aSnapshot({
        items: [{ ...deadItem, outcome: "cut-off", verdict: null, grade: null, verifyEvidence: null }],
      }),
      outcome: "complete_with_exceptions",
      notCovered: [],
    },
  ])("T48 $name", ({ snapshot, outcome, notCovered }) => {
    const { statement, records } = draftCertificate(snapshot, "final", facts);

    expect(statement.outcome).toBe(outcome);
    expect(statement.notCovered.map((gap) => `${gap.target}: ${gap.what}`)).toEqual(notCovered);
    // The issuer's own rules accept it: nothing is claimed that its records do not support.
    expect(() =>
      buildStatement(
        statement,
        records.map((record) => buildRecord(record)),
      ),
    ).not.toThrow();
  });

  it("an interim one says what is still alive, and is issued under the same rules", () => {
    const snapshot = aSnapshot({
      targets: [{ ...finished, state: "retrying", reason: "1 still worked after being revoked", firstCleanAt: null }],
      items: [deadItem, { ...deadItem, ref: "key-2", verdict: "alive", grade: "probe", looks: 0 }],
    });

    const { statement, records } = draftCertificate(snapshot, "interim", facts);
    const built = buildStatement(
      statement,
      records.map((record) => buildRecord(record)),
    );

    expect(built.statement.predicate).toMatchObject({ outcome: "interim", summary: { alive: 1, discovered: 2 } });
    expect(statement.notCovered).toContainEqual(expect.objectContaining({ what: "not finished" }));
  });

  it("I19 is never dated before what it reports, whatever the clock did meanwhile", () => {
    const snapshot = { ...aSnapshot(), at: at(3) };

    expect(draftCertificate(snapshot, "final", facts).statement.issuedAt).toEqual(at(30));
  });
});
