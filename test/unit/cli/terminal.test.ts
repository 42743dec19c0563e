import * as fc from "fast-check";
import { field, padded, table } from "../../../src/cli/terminal/table.ts";
import { previewPage } from "../../../src/cli/case/preview.ts";
import { caseList, casePage } from "../../../src/cli/case/render.ts";
import { styleFor } from "../../../src/cli/terminal/style.ts";
import { widthOf } from "../../../src/cli/verify/layout.ts";
import { aCase, anItem } from "./support.ts";

const plain = styleFor({ env: {}, isTerminal: { out: false, err: false } });
/** Our own ellipsis takes one column; `widthOf` counts everything from Hangul on as two, to be safe. */
const widest = (text: string): number => Math.max(...text.replaceAll("…", ".").split("\n").map(widthOf));

describe("80 columns", () => {
  it("hold any table whose fixed columns fit", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.string({ unit: "grapheme", maxLength: 200 })), {
          maxLength: 5,
        }),
        (rows) => {
          const safe = rows.map(([head, text]) => [head.replaceAll(/[^\u0020-\u007e]/g, "x"), text]);
          expect(widest(table(["A", "B"], safe))).toBeLessThanOrEqual(80);
        },
      ),
    );
  });

  it("hold any sentence beside its label", () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 60 }), (text) => {
        const lines = field("label", text);
        expect(widest(lines)).toBeLessThanOrEqual(80);
        expect(lines.split(/\s+/).filter(Boolean).slice(1).join(" ")).toBe(text);
      }),
    );
  });

  it("are not crossed by a case with long names, and its ids stay whole", () => {
    const long = aCase({
      state: "complete_with_exceptions",
      subject: { personId: "p", userName: `${"very.long.name".repeat(8)}@example.com` },
      itemList: [
        anItem({
          label: "a label without an end ".repeat(9),
          look: { verdict: "dead", grade: "probe", reason: null, looks: 1 },
        }),
      ],
      blindSpots: [
        { target: "gateway", text: "one kind of credential could not be listed by the permissions we were given" },
      ],
    });

    expect(widest(caseList([long]))).toBeLessThanOrEqual(80);
    expect(caseList([long])).toContain(long.id);
    expect(
      widest(casePage(aCase({ itemList: long.itemList, blindSpots: long.blindSpots }), plain)),
    ).toBeLessThanOrEqual(80);
  });

  it.each([
    ["short", 8, "short   "],
    ["exactly8", 8, "exactly8"],
    ["rather long", 8, "rather …"],
    ["漢字漢字漢字", 8, "漢字漢… "],
  ])("%s in %d", (text, width, expected) => {
    expect(padded(text, width)).toBe(expected);
  });
});

describe("T31 pages", () => {
  it("show control characters instead of obeying them", () => {
    const hostile = "sam\u001b[2J\r\n\u202e";
    const one = aCase({
      subject: { personId: "p", userName: hostile },
      source: hostile,
      verdict: { headline: hostile, explanation: hostile },
      itemList: [anItem({ label: hostile, kind: hostile })],
      blindSpots: [{ target: hostile, text: hostile }],
      blockedBy: [{ kind: "target", target: hostile, text: hostile, who: "operator", nextTryAt: null }],
    });

    for (const page of [casePage(one, plain), caseList([one])]) {
      expect(page.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
  });
});

describe("a dry run", () => {
  it.each([
    { name: "nothing there", result: { kind: "no-account" as const }, says: "nothing to end here" },
    {
      name: "a question",
      result: { kind: "ask" as const, text: "Two accounts match", candidates: [] },
      says: "Two accounts match",
    },
    {
      name: "a failure",
      result: { kind: "failed" as const, reason: "the gateway does not answer" },
      says: "does not answer",
    },
    {
      name: "credentials",
      result: {
        kind: "found" as const,
        accounts: [{ label: "sam", strength: "strong", reason: "link" }],
        freezes: true,
        items: [{ kind: "key-auth", label: "API key 1", risk: "write", strategy: "delete" }],
        sideEffects: [],
        couldNotLook: [{ kind: "jwt", why: "forbidden" }],
      },
      says: "1 credential",
    },
  ])("tells of $name, and that nothing was written", ({ result, says }) => {
    const page = previewPage({ id: "p1", finished: true, targets: [{ target: "gw", state: "done", result }] });

    expect(page).toContain("nothing was written");
    expect(page).toContain(says);
  });
});
