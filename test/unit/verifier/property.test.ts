import * as fc from "fast-check";
import { parseTrustFile, type RecordInput } from "../../../src/certificate/index.ts";
import { verifyCertificate } from "../../../src/verifier/index.ts";
import { aCertificate, anItem, aStatement, at, evidenceOf, trustOf } from "../../support/certificates.ts";
import { drop, editFile, listAt, peek, put } from "../../support/tampering.ts";

const trust = parseTrustFile(trustOf());
const evidence = fc.option(fc.string({ maxLength: 20 }).map(evidenceOf));
const label = fc.option(fc.string({ unit: "grapheme", maxLength: 40 }));

/** Any item the engine could bring, in an honest order of times. */
const anyItem: fc.Arbitrary<RecordInput> = fc
  .record({
    label,
    outcome: fc.constantFrom("revoked", "already-gone", "pending", "disabled", "cut-off", "unsupported", null),
    verdict: fc.constantFrom("dead", "alive", "unknown"),
    grade: fc.constantFrom("probe", "absence", "state"),
    holding: fc.option(fc.constantFrom("attested", "excepted", "cut-off", "reported")),
    evidence,
    created: fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: at(10) })),
  })
  .map(({ label, outcome, verdict, grade, holding, evidence, created }) => ({
    ...anItem(0),
    credential: { ...anItem(0).credential, label, createdAt: created },
    revocation: outcome && {
      outcome,
      method: null,
      runId: "run-1",
      stepId: "step",
      requestedAt: outcome === "already-gone" ? null : at(20),
      effectiveAt: null,
      evidence,
    },
    verification: { verdict, grade, at: at(40), attempts: 1, evidence: evidence ?? evidenceOf("look") },
    holding: holding && { kind: holding, by: ["operator-1", "operator-2"], at: at(45), reason: "agreed" },
  }));

const anyItems = fc
  .array(anyItem, { maxLength: 8 })
  .map((items) => items.map((item, seq) => ({ ...item, seq, credential: { ...item.credential, ref: `ref ${seq}` } })));

/** Paths to every member of a value. */
function pathsIn(value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const path = at === "" ? name : `${at}.${name}`;
    return [path, ...pathsIn(member, path)];
  });
}

/** Structural changes at a path; each says whether it has a meaning there. */
const mutations: Readonly<Record<string, (file: unknown, path: string) => boolean>> = {
  drop: (file, path) => {
    const parent = peek(file, path.slice(0, Math.max(path.lastIndexOf("."), 0)));
    if (Array.isArray(parent)) parent.splice(Number(path.slice(path.lastIndexOf(".") + 1)), 1);
    else drop(file, path);
    return true;
  },
  null: (file, path) => {
    const isErasure = path === "subject";
    if (peek(file, path) === null || isErasure) return false;
    put(file, path, null);
    return true;
  },
  "other type": (file, path) => {
    put(file, path, typeof peek(file, path) === "string" ? 1 : "1");
    return true;
  },
  "extra member": (file, path) => {
    const value = peek(file, path);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    put(file, `${path}.extra`, null);
    return true;
  },
  double: (file, path) => {
    const value = peek(file, path);
    if (!Array.isArray(value) || value.length === 0) return false;
    value.push(structuredClone(value[0]));
    return true;
  },
  neighbour: (file, path) => {
    const value = peek(file, path);
    if (typeof value !== "number" && typeof value !== "string") return false;
    put(file, path, typeof value === "number" ? value + 1 : `${value}A`);
    return true;
  },
};

describe("certificates of any content", () => {
  it("verify, and their counts add up", async () => {
    await fc.assert(
      fc.asyncProperty(anyItems, fc.boolean(), async (items, demo) => {
        const { bytes } = await aCertificate({ items, statement: { outcome: "interim", demo } });

        const report = verifyCertificate({ certificate: bytes, trust });

        const summary = report.certificate?.statement.predicate.summary;
        const { discovered = -1, dead = { probe: 0, absence: 0, state: 0 }, ...others } = summary ?? {};
        const counts = [...Object.values(dead), ...Object.values(others)];
        expect(report).toMatchObject({ result: "valid", findings: [] });
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(discovered);
        expect(discovered).toBe(items.length);
      }),
    );
  });

  it("T48 are signed as complete only when every item is dead", async () => {
    await fc.assert(
      fc.asyncProperty(anyItems, async (items) => {
        const interim = await aCertificate({ items, statement: { outcome: "interim" } });
        const { discovered, dead } = interim.statement.predicate.summary;
        const isAllDead = discovered === dead.probe + dead.absence + dead.state;

        const complete = aCertificate({ items, statement: { outcome: "complete" } });

        expect(
          await complete.then(
            () => true,
            () => false,
          ),
        ).toBe(isAllDead);
      }),
    );
  });

  it("are rejected after any structural change of the file", async () => {
    const { bytes } = await aCertificate({ statement: { scope: aStatement().scope, notCovered: [] } });
    const places = pathsIn(JSON.parse(Buffer.from(bytes).toString("utf8")), "");
    const accepted: string[] = [];
    let tried = 0;
    for (const place of places) {
      for (const [mutation, apply] of Object.entries(mutations)) {
        let meant = false;
        const mutant = editFile(bytes, (file) => {
          meant = apply(file, place);
        });
        if (!meant) continue;
        tried += 1;
        if (verifyCertificate({ certificate: mutant, trust }).exitCode !== 1) accepted.push(`${mutation} ${place}`);
      }
    }

    expect(tried).toBeGreaterThan(300);
    expect(accepted).toEqual([]);
  });

  it("are rejected when two records change places", async () => {
    const { bytes } = await aCertificate({ items: [0, 1, 2, 3, 4].map((seq) => anItem(seq)) });
    fc.assert(
      fc.property(fc.nat(4), fc.nat(4), (one, other) => {
        fc.pre(one !== other);
        const mutant = editFile(bytes, (file) => {
          const records = listAt(file, "records");
          [records[one], records[other]] = [records[other], records[one]];
        });
        expect(verifyCertificate({ certificate: mutant, trust }).findings[0]?.code).toBe("record-order");
      }),
    );
  });

  it("and any bytes at all, get an answer and never a crash", () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(fc.property(bytes, (certificate) => expect(verifyCertificate({ certificate, trust }).exitCode).toBe(1)));
  });
});
