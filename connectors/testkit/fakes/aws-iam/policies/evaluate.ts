import { allHold, type RequestContext } from "./conditions.ts";
import type { Statement } from "./document.ts";
import { matchesPattern, withVariables } from "./patterns.ts";

/** What is asked: `iam:DeleteUser` on an ARN, or on `*` when the action has no resource. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
}

export interface NamedPolicy {
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** Everything that bears on a principal within its account. */
export interface PolicySet {
  readonly identity: readonly NamedPolicy[];
  /** Null: unbounded. */
  readonly boundary: NamedPolicy | null;
  /** Null: no session policy. */
  readonly session: NamedPolicy | null;
}

export type Layer = "identity-based policy" | "permissions boundary" | "session policy";

export type Decision =
  | { readonly kind: "allowed"; readonly by: readonly NamedPolicy[] }
  | { readonly kind: "explicit-deny"; readonly in: Layer; readonly by: readonly NamedPolicy[] }
  | { readonly kind: "implicit-deny"; readonly in: Layer };

/**
 * An explicit deny anywhere wins; then every layer that is there must allow.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate({ identity, boundary, session }: PolicySet, question: Question): Decision {
  const layers: readonly (readonly [Layer, readonly NamedPolicy[]])[] = [
    ["identity-based policy", identity],
    ...(boundary === null ? [] : [["permissions boundary", [boundary]] as const]),
    ...(session === null ? [] : [["session policy", [session]] as const]),
  ];
  for (const [layer, policies] of layers) {
    const by = policies.filter((one) => one.statements.some((statement) => decides(statement, "Deny", question)));
    if (by.length > 0) return { kind: "explicit-deny", in: layer, by };
  }
  const allowing = (policies: readonly NamedPolicy[]) =>
    policies.filter((one) => one.statements.some((statement) => decides(statement, "Allow", question)));
  const silent = layers.find(([, policies]) => allowing(policies).length === 0);
  return silent === undefined ? { kind: "allowed", by: allowing(identity) } : { kind: "implicit-deny", in: silent[0] };
}

/** Whether a statement has this effect on what is asked. */
export function decides(statement: Statement, effect: Statement["effect"], question: Question): boolean {
  return statement.effect === effect && covers(statement, question) && allHold(statement.conditions, question.context);
}

function covers(statement: Statement, { action, resource, context }: Question): boolean {
  const isAction = (one: string) => matchesPattern(one.toLowerCase(), action.toLowerCase());
  const isResource = (one: string) => matchesPattern(withVariables(one, context), resource);
  const actionFits = statement.actions?.some(isAction) ?? !(statement.notActions?.some(isAction) ?? true);
  const resources = statement.resources ?? null;
  const resourceFits =
    resources !== null
      ? resources.some(isResource)
      : statement.notResources === null || !statement.notResources.some(isResource);
  return actionFits && resourceFits;
}
