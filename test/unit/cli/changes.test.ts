import type { CaseDetail, CaseItem, CaseTarget } from "../../../src/cli/api/views.ts";
import { changesBetween } from "../../../src/cli/case/changes.ts";
import { changeLine } from "../../../src/cli/case/render.ts";
import { styleFor } from "../../../src/cli/terminal/style.ts";
import { aCase, anItem, aTarget } from "./support.ts";

interface Situation {
  name: string;
  before: CaseDetail | null;
  after: CaseDetail;
  lines: string[];
}

const found: CaseItem = anItem({});
const revoked = anItem({ revocation: { outcome: "revoked", reason: null, attempts: 1 } });
const dead = anItem({ ...revoked, look: { verdict: "dead", grade: "probe", reason: null, looks: 1 } });
const alive = anItem({ ...revoked, look: { verdict: "alive", grade: "probe", reason: null, looks: 0 } });
const again = anItem({ revocation: { outcome: "revoked", reason: null, attempts: 2 } });
const unsure = anItem({ ...revoked, look: { verdict: "unknown", grade: "probe", reason: "503", looks: 0 } });

const account = { accountId: "c1", label: "sam", strength: "strong", reason: "trusted rule" };
const running: CaseTarget = aTarget({ accounts: [account] });
const frozen = aTarget({ ...running, freeze: { state: "frozen", reason: null } });
const cannotFreeze = aTarget({ ...running, freeze: { state: "unsupported", reason: "read-only" } });
const retrying = aTarget({ ...running, state: "retrying", reason: "1 still worked after being revoked" });
const finished = aTarget({ ...running, state: "finished" });

describe("what happened between two readings of a case", () => {
  it.each<Situation>([
    {
      name: "nothing, when nothing changed",
      before: aCase({ itemList: [dead] }),
      after: aCase({ itemList: [dead] }),
      lines: [],
    },
    {
      name: "an account was found",
      before: aCase({ targetList: [aTarget({})] }),
      after: aCase({ targetList: [running] }),
      lines: ["resolve sam: trusted rule"],
    },
    {
      name: "it was frozen",
      before: aCase({ targetList: [running] }),
      after: aCase({ targetList: [frozen] }),
      lines: ["freeze sam: frozen, reversibly"],
    },
    {
      name: "it could not be frozen",
      before: aCase({ targetList: [running] }),
      after: aCase({ targetList: [cannotFreeze] }),
      lines: ["freeze sam: read-only"],
    },
    {
      name: "credentials were found",
      before: aCase({}),
      after: aCase({ itemList: [found, anItem({ id: "i2", kind: "jwt" }), anItem({ id: "i3" })] }),
      lines: ["discover : 3 credentials: 2 key-auth, 1 jwt"],
    },
    {
      name: "one was revoked",
      before: aCase({ itemList: [found] }),
      after: aCase({ itemList: [revoked] }),
      lines: ["revoke API key 1: revoked"],
    },
    {
      name: "it is dead",
      before: aCase({ itemList: [revoked] }),
      after: aCase({ itemList: [dead] }),
      lines: ["verify API key 1: dead: refused when tried"],
    },
    {
      name: "it is alive although it was revoked",
      before: aCase({ itemList: [revoked] }),
      after: aCase({ itemList: [alive] }),
      lines: ["verify API key 1: STILL ALIVE after revocation"],
    },
    {
      name: "it could not be checked",
      before: aCase({ itemList: [revoked] }),
      after: aCase({ itemList: [unsure] }),
      lines: ["verify API key 1: could not check: 503"],
    },
    {
      name: "a second attempt is told as one",
      before: aCase({ itemList: [alive] }),
      after: aCase({ itemList: [again] }),
      lines: ["revoke API key 1: revoked (attempt 2)"],
    },
    {
      name: "all of it, when the first reading comes late",
      before: null,
      after: aCase({ targetList: [finished], itemList: [dead] }),
      lines: [
        "resolve sam: trusted rule",
        "discover : 1 credential: 1 key-auth",
        "revoke API key 1: revoked",
        "verify API key 1: dead: refused when tried",
        "finished : two clean looks in a row",
      ],
    },
    {
      name: "a retry comes with its reason, after the credential that caused it",
      before: aCase({ targetList: [running], itemList: [revoked] }),
      after: aCase({ targetList: [retrying], itemList: [alive] }),
      lines: ["verify API key 1: STILL ALIVE after revocation", "retry : 1 still worked after being revoked"],
    },
    {
      name: "nothing is claimed of a target without an account",
      before: aCase({ targetList: [aTarget({})] }),
      after: aCase({ targetList: [aTarget({ state: "finished" })] }),
      lines: ["finished : no account of this person here"],
    },
    {
      name: "nothing is claimed of a target that was only observed",
      before: aCase({ targetList: [aTarget({ ...running, mode: "observe" })] }),
      after: aCase({ targetList: [aTarget({ ...finished, mode: "observe" })] }),
      lines: ["finished : observed; nothing was ended"],
    },
    {
      name: "somebody is needed",
      before: aCase({}),
      after: aCase({
        blockedBy: [{ kind: "question", target: "gw", text: "Which account?", who: "operator", nextTryAt: null }],
      }),
      lines: ["needs you : Which account?"],
    },
  ])("$name", ({ before, after, lines }) => {
    expect(changesBetween(before, after).map(({ what, subject, text }) => `${what} ${subject}: ${text}`)).toEqual(
      lines,
    );
  });
});

describe("one line of progress", () => {
  const change = {
    target: "gw",
    what: "verify",
    subject: "API key 7f3a21bc",
    text: "dead: refused when tried",
    tone: "good",
  } as const;

  it("fits 80 columns and is plain where nobody watches", () => {
    const style = styleFor({ env: {}, isTerminal: { out: false, err: false } });

    expect(changeLine(change, 12_345, style)).toBe(
      "  12.3 s  verify    API key 7f3a21bc                dead: refused when tried\n",
    );
  });

  it("goes on below when its text is longer", () => {
    const style = styleFor({ env: {}, isTerminal: { out: false, err: false } });
    const long = { ...change, what: "resolve", subject: "sam", text: "trusted rule: custom_id equals {externalId}" };

    expect(
      changeLine(long, 400, style)
        .split("\n")
        .map((line) => line.length <= 80),
    ).toEqual([true, true, true]);
    expect(changeLine(long, 400, style)).toContain(`\n${" ".repeat(52)}equals {externalId}\n`);
  });

  it.each([
    { name: "at a terminal", env: {}, coloured: true },
    { name: "with NO_COLOR", env: { NO_COLOR: "1" }, coloured: false },
    { name: "at a terminal that has none", env: { TERM: "dumb" }, coloured: false },
  ])("$name colour is used: $coloured", ({ env, coloured }) => {
    const style = styleFor({ env, isTerminal: { out: true, err: true } });

    expect(changeLine(change, 0, style).includes("\u001b[32m")).toBe(coloured);
  });

  it("T31 shows what a target says, never obeys it", () => {
    const style = styleFor({ env: {}, isTerminal: { out: false, err: false } });
    const hostile = { ...change, subject: "key\r\n\u001b[2J", text: "dead\u202e\u0007", tone: "plain" } as const;

    expect(changeLine(hostile, 0, style)).toMatch(/^[\u0020-\u007e…]+\n$/);
  });
});
