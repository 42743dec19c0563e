import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checks, runCheck } from "../../../connectors/testkit/conformance/index.ts";
import type { Check, CheckResult, ConformanceSubject } from "../../../connectors/testkit/conformance/index.ts";

/** A check opens many worlds; on a busy machine that takes its time. */
const longestMs = 300_000;

/** Registers a test per check, named by its number and its words. No connector leaves one out. */
export function describeConformance(subject: ConformanceSubject): void {
  describeChecks(subject, checks);
}

/** The same for some of the checks; each result is kept for the table. */
export function describeChecks(subject: ConformanceSubject, wanted: readonly Check[]): void {
  describe(`${subject.name} conforms`, () => {
    it.each(wanted.map((check) => ({ ...check, check })))(
      "$number $title",
      async ({ check }) => {
        const result = await runCheck(subject, check);

        await keepResult(subject.name, check, result);
        expect(result.kind === "failed" ? result.reasons : []).toEqual([]);
      },
      longestMs,
    );
  });
}

/** Where `npm run test:connectors` collects what it prints as a table (tools/test.ts). */
export async function keepResult(subject: string, { number, name }: Check, result: CheckResult): Promise<void> {
  const folder = process.env["LASTDAY_CONFORMANCE_RESULTS"];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  const file = `${subject.replaceAll(/[^a-zA-Z0-9]+/g, "-")}.${number}.json`;
  await writeFile(join(folder, file), JSON.stringify({ subject, number, name, result }));
}
