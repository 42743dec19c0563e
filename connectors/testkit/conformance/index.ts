export { checks } from "./checks/index.ts";
export type { Check, CheckResult } from "./check.ts";
export { countEffects } from "./effects.ts";
export { faultsOf } from "./faults.ts";
export { runCheck } from "./run-check.ts";
export type { Item } from "./item.ts";
export type { ConformanceSubject, ConformanceWorld } from "./subject.ts";
export type { Matcher, Script, Vocabulary } from "./vocabulary.ts";
