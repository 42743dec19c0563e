import { condensed } from "../../../src/cli/case/condense.ts";
import type { Change } from "../../../src/cli/case/changes.ts";

const one = (subject: string, more: Partial<Change> = {}): Change => ({
  target: "aws",
  what: "revoke",
  subject,
  text: "revoked",
  tone: "plain",
  ...more,
});
const many = (count: number, more: Partial<Change> = {}) =>
  Array.from({ length: count }, (_, index) => one(`key ${index}`, more));

describe("changes told together", () => {
  it.each<{ name: string; changes: Change[]; told: string[] }>([
    { name: "few are told one by one", changes: many(3), told: ["key 0 revoked", "key 1 revoked", "key 2 revoked"] },
    { name: "many alike are told in one line", changes: many(9), told: [" 9 credentials revoked"] },
    {
      name: "the line stands where the first of them stood",
      changes: [one("a", { text: "already-gone" }), ...many(4), one("b", { text: "already-gone" })],
      told: ["a already-gone", " 4 credentials revoked", "b already-gone"],
    },
    {
      name: "two targets are two stories",
      changes: [...many(4), ...many(4, { target: "gateway" })],
      told: [" 4 credentials revoked", " 4 credentials revoked"],
    },
    {
      name: "what is bad is read by name",
      changes: many(4, { text: "STILL ALIVE after revocation", tone: "bad" }),
      told: [0, 1, 2, 3].map((index) => `key ${index} STILL ALIVE after revocation`),
    },
  ])("$name", ({ changes, told }) => {
    expect(condensed(changes).map(({ subject, text }) => `${subject} ${text}`)).toEqual(told);
  });
});
