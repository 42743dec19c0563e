import { inspect } from "node:util";
import { openBench } from "./bench.ts";
import type { Check, CheckResult } from "./check.ts";
import type { ConformanceSubject } from "./subject.ts";

/** Judges one connector by one check. A check never throws: what goes wrong in it is its result. */
export async function runCheck(subject: ConformanceSubject, check: Check): Promise<CheckResult> {
  const spared = check.spares?.(subject.connector) ?? null;
  if (spared !== null) return { kind: "not-applicable", reason: spared };
  const declared = subject.notApplicable?.[check.number];
  if (declared !== undefined) return judgeDeclared(check, declared);
  const bench = openBench(subject);
  try {
    const reasons = [...new Set(await check.run(bench))];
    return reasons.length === 0 ? { kind: "passed" } : { kind: "failed", reasons };
  } catch (thrown) {
    return { kind: "failed", reasons: [textOf(thrown)] };
  } finally {
    await bench.close();
  }
}

function judgeDeclared({ mayBeDeclared }: Check, reason: string): CheckResult {
  if (mayBeDeclared === undefined) {
    return { kind: "failed", reasons: [`declared as not applicable ("${reason}"), and it applies by the manifest`] };
  }
  if (reason.trim().length < 10) return { kind: "failed", reasons: ["declared as not applicable without a reason"] };
  return { kind: "not-applicable", reason };
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : inspect(thrown);
}
