/** What the turn does after a step: the next one at once, or nothing before that instant, or nothing more. */
export type StepResult = { kind: "next" } | { kind: "yield" } | { kind: "wait"; until: Date } | { kind: "rest" };
