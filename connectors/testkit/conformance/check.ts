import type { Connector } from "../../contract/connector.ts";
import type { Bench } from "./bench.ts";

/** One of the twenty: what is asked of every connector. */
export interface Check {
  number: number;
  /** A few words, for the table. */
  name: string;
  /** What holds when it passes, for a test's name. */
  title: string;
  /** Why it does not apply, from the manifest alone; null where it does. */
  spares?(connector: Connector): string | null;
  /** A subject may say why it does not apply, where the manifest cannot tell. */
  mayBeDeclared?: true;
  /** What is wrong, a sentence each; nothing when all is well. What it throws fails it as well. */
  run(bench: Bench): Promise<readonly string[]>;
}

export type CheckResult =
  { kind: "passed" } | { kind: "failed"; reasons: readonly string[] } | { kind: "not-applicable"; reason: string };
