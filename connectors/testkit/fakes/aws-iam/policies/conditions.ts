import { refuse } from "../errors.ts";
import type { Condition } from "./document.ts";
import { matchesPattern } from "./patterns.ts";

/** What a request says of itself, by condition key in lower case. A key left out is absent. */
export type RequestContext = Readonly<Record<string, string | undefined>>;

type Test = (actual: string, wanted: string) => boolean;

const onDates = (compare: (a: number, b: number) => boolean): Test => {
  return (actual, wanted) => compare(dateOf(actual), dateOf(wanted));
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const tests: Readonly<Record<string, { readonly test: Test; readonly isNegated: boolean }>> = {
  StringEquals: { test: (a, b) => a === b, isNegated: false },
  StringNotEquals: { test: (a, b) => a === b, isNegated: true },
  StringEqualsIgnoreCase: { test: (a, b) => a.toLowerCase() === b.toLowerCase(), isNegated: false },
  StringLike: { test: (a, b) => matchesPattern(b, a), isNegated: false },
  StringNotLike: { test: (a, b) => matchesPattern(b, a), isNegated: true },
  ArnEquals: { test: (a, b) => matchesPattern(b, a), isNegated: false },
  ArnNotEquals: { test: (a, b) => matchesPattern(b, a), isNegated: true },
  ArnLike: { test: (a, b) => matchesPattern(b, a), isNegated: false },
  ArnNotLike: { test: (a, b) => matchesPattern(b, a), isNegated: true },
  Bool: { test: (a, b) => a.toLowerCase() === b.toLowerCase(), isNegated: false },
  DateEquals: { test: onDates((a, b) => a === b), isNegated: false },
  DateNotEquals: { test: onDates((a, b) => a === b), isNegated: true },
  DateLessThan: { test: onDates((a, b) => a < b), isNegated: false },
  DateLessThanEquals: { test: onDates((a, b) => a <= b), isNegated: false },
  DateGreaterThan: { test: onDates((a, b) => a > b), isNegated: false },
  DateGreaterThanEquals: { test: onDates((a, b) => a >= b), isNegated: false },
};

/** Refuses an operator that the fake does not know, when a policy is stored rather than when it is needed. */
export function checkOperators(conditions: readonly Condition[]): void {
  for (const { operator } of conditions) {
    const plain = operator.replace(/IfExists$/, "");
    if (plain !== "Null" && tests[plain] === undefined) {
      throw refuse.malformedPolicy(`Invalid Condition type : ${operator}.`);
    }
  }
}

/**
 * Whether all conditions hold. A key that is absent fails a condition, unless the operator is a negated one or ends in
 * `IfExists`: so `DateLessThan` on `aws:TokenIssueTime` never touches a long-term key, which has no such time.
 */
export function allHold(conditions: readonly Condition[], context: RequestContext): boolean {
  return conditions.every(({ operator, key, values }) => {
    const actual = context[key.toLowerCase()];
    if (operator === "Null") return values.some((one) => (one === "true") === (actual === undefined));
    const { test, isNegated } = tests[operator.replace(/IfExists$/, "")] ?? { test: () => false, isNegated: false };
    if (actual === undefined) return isNegated || operator.endsWith("IfExists");
    return values.some((one) => test(actual, one)) !== isNegated;
  });
}

/** ISO 8601, or seconds since 1970. */
function dateOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
}
