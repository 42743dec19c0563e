import { checks, runCheck } from "../../../connectors/testkit/conformance/index.ts";
import { keepResult } from "./describe-conformance.ts";
import { broken } from "./toy/broken/index.ts";
import { toySubject } from "./toy/world.ts";

describe("20 the kit fails a connector that", () => {
  const missed: string[] = [];

  it.each(broken)("$name, by check $caughtBy", async ({ name, caughtBy, says, connector }) => {
    const check = checks.find(({ number }) => number === caughtBy);
    if (check === undefined) throw new Error(`there is no check ${caughtBy}`);

    const result = await runCheck({ ...toySubject, connector }, check);

    const reasons = result.kind === "failed" ? result.reasons.join("\n") : "";
    if (!says.test(reasons)) missed.push(`the check ${caughtBy} does not see a connector that ${name}`);
    expect(reasons).toMatch(says);
  });

  it("has one for each check", () => {
    const caught = new Set(broken.map(({ caughtBy }) => caughtBy));

    expect(checks.map(({ number }) => number).filter((number) => number !== 20 && !caught.has(number))).toEqual([]);
  });

  afterAll(async () => {
    const itself = checks.find(({ number }) => number === 20);
    if (itself === undefined) throw new Error("there is no check 20");
    await keepResult(
      toySubject.name,
      itself,
      missed.length > 0 ? { kind: "failed", reasons: missed } : { kind: "passed" },
    );
  });
});
