import { buildRecord, dispositionOf, type RecordInput, summarize } from "../../../src/certificate/index.ts";
import { anItem, at, evidenceOf } from "../../support/certificates.ts";

type Verification = RecordInput["verification"];
type Holding = NonNullable<RecordInput["holding"]>["kind"] | null;
type Outcome = NonNullable<RecordInput["revocation"]>["outcome"] | null;

const look = (verdict: Verification["verdict"], grade: Verification["grade"]): Verification => ({
  verdict,
  grade,
  at: at(40),
  attempts: 1,
  evidence: evidenceOf("look"),
});

function recordOf(outcome: Outcome, verification: Verification, holding: Holding, seq = 0) {
  const item = anItem(seq);
  return buildRecord({
    ...item,
    revocation: outcome === null || item.revocation === null ? null : { ...item.revocation, outcome },
    verification,
    holding: holding && { kind: holding, by: ["operator-1", "operator-2"], at: at(45), reason: "agreed" },
  });
}

describe("an item counts in the weakest line that its record supports", () => {
  it.each<{ outcome: Outcome; verification: Verification; holding: Holding; kind: string; grade?: string }>([
    { outcome: "revoked", verification: look("dead", "probe"), holding: null, kind: "dead", grade: "probe" },
    { outcome: "already-gone", verification: look("dead", "absence"), holding: null, kind: "dead", grade: "absence" },
    { outcome: "disabled", verification: look("dead", "state"), holding: null, kind: "dead", grade: "state" },
    // A look that saw it dead outranks what people decided before.
    { outcome: "revoked", verification: look("dead", "probe"), holding: "excepted", kind: "dead", grade: "probe" },
    // An acknowledgement alone is never dead.
    { outcome: "revoked", verification: look("unknown", null), holding: null, kind: "unknown" },
    { outcome: "revoked", verification: look("alive", "probe"), holding: null, kind: "alive" },
    { outcome: null, verification: look("unknown", null), holding: null, kind: "unknown" },
    { outcome: "pending", verification: look("alive", "state"), holding: null, kind: "alive" },
    { outcome: "revoked", verification: look("dead", null), holding: null, kind: "unknown" },
    // The way to it is closed: its own state says nothing, a refused try does.
    { outcome: "cut-off", verification: look("dead", "state"), holding: null, kind: "cutOff" },
    { outcome: "cut-off", verification: look("dead", "probe"), holding: null, kind: "dead", grade: "probe" },
    { outcome: "cut-off", verification: look("alive", "state"), holding: null, kind: "cutOff" },
    { outcome: "cut-off", verification: look("alive", "probe"), holding: null, kind: "alive" },
    { outcome: "revoked", verification: look("unknown", null), holding: "cut-off", kind: "cutOff" },
    { outcome: null, verification: look("alive", "absence"), holding: "reported", kind: "reported" },
    { outcome: "unsupported", verification: look("alive", "absence"), holding: null, kind: "reported" },
    { outcome: "unsupported", verification: look("dead", "absence"), holding: null, kind: "dead", grade: "absence" },
    { outcome: null, verification: look("unknown", null), holding: "attested", kind: "attested" },
    // Nobody's word is stronger than a look that saw it alive.
    { outcome: null, verification: look("alive", "absence"), holding: "attested", kind: "alive" },
    { outcome: null, verification: look("alive", "probe"), holding: "excepted", kind: "excepted" },
  ])("$outcome, $verification.verdict by $verification.grade, $holding: $kind", (situation) => {
    const disposition = dispositionOf(recordOf(situation.outcome, situation.verification, situation.holding));

    expect(disposition).toEqual(
      situation.grade === undefined ? { kind: situation.kind } : { kind: situation.kind, grade: situation.grade },
    );
  });

  it("and the summary is the sum", () => {
    const summary = summarize([
      recordOf("revoked", look("dead", "probe"), null, 0),
      recordOf("revoked", look("dead", "probe"), null, 1),
      recordOf("disabled", look("dead", "state"), null, 2),
      recordOf("cut-off", look("unknown", null), null, 3),
      recordOf(null, look("alive", "probe"), "excepted", 4),
    ]);

    expect(summary).toEqual({
      discovered: 5,
      dead: { probe: 2, absence: 0, state: 1 },
      attested: 0,
      cutOff: 1,
      reported: 0,
      excepted: 1,
      alive: 0,
      unknown: 0,
    });
  });
});
