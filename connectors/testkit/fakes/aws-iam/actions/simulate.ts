import { type Act, type Handler, pageFor } from "../act.ts";
import { refuse } from "../errors.ts";
import type { RequestContext } from "../policies/conditions.ts";
import { parsePolicy } from "../policies/document.ts";
import { type Decision, evaluate, type PolicySet } from "../policies/evaluate.ts";
import { type Holder, policiesOf } from "../policies/gather.ts";
import type { Xml } from "../xml.ts";

const words = { allowed: "allowed", "explicit-deny": "explicitDeny", "implicit-deny": "implicitDeny" } as const;

/**
 * What the policies of a user, a group or a role say to each action on each resource, without anything being done. It
 * goes by the policies that reads show, and by `PolicyInputList` as more of them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
const simulate: Handler = (act) => {
  const { params } = act;
  const { context, ...policies } = source(act);
  const actions = params.list("ActionNames");
  const resources = params.list("ResourceArns");
  const asked = actions.flatMap((action) =>
    (resources.length === 0 ? ["*"] : resources).map((resource) => ({ action, resource })),
  );
  const numbered = asked.map((one, at) => ({ ...one, key: String(at).padStart(6, "0") })); // in the order asked
  const { items, end } = pageFor(act, numbered, (one) => one.key);
  const more = contextEntries(act);
  const results = items.map(({ action, resource }): Xml => {
    const decision = evaluate(policies, { action, resource, context: { ...context, ...more } });
    return {
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: words[decision.kind],
      MatchedStatements: matched(decision),
      MissingContextValues: [],
      ...(policies.boundary === null
        ? {}
        : {
            PermissionsBoundaryDecisionDetail: {
              AllowedByPermissionsBoundary: isWithin(policies, action, resource, { ...context, ...more }),
            },
          }),
    };
  });
  return { EvaluationResults: results, ...end };
};

export const simulationActions = { SimulatePrincipalPolicy: simulate } satisfies Record<string, Handler>;

function source(act: Act): PolicySet & { readonly context: RequestContext } {
  const { params, store, account } = act;
  const arn = params.text("PolicySourceArn");
  if (!arn.startsWith("arn:")) throw refuse.invalidInput(`Invalid Entity Arn: ${arn}`);
  const user = store.where("users", (row) => account.userArn(row) === arn)[0];
  const role = store.where("roles", (row) => account.roleArn(row) === arn)[0];
  const found = user ?? role;
  if (found === undefined) throw refuse.noSuchEntity(`No such entity for the principal ARN: ${arn}`);
  const holder: Holder = { kind: user === undefined ? "role" : "user", id: found.id, session: null };
  const set = policiesOf(store, holder);
  const added = params.list("PolicyInputList").map((text, at) => ({
    name: `PolicyInputList.${at + 1}`,
    statements: parsePolicy(text),
  }));
  const context = {
    "aws:principalarn": arn,
    "aws:userid": found.id,
    "aws:currenttime": act.now.toISOString(),
    ...(user === undefined ? {} : { "aws:username": user.name }),
  };
  return { ...set, identity: [...set.identity, ...added], context };
}

/** `ContextEntries.member.1.ContextKeyName` with the first of its values. */
function contextEntries({ params }: Act): RequestContext {
  const entries: [string, string][] = [];
  for (let at = 1; ; at += 1) {
    const name = params.get(`ContextEntries.member.${at}.ContextKeyName`);
    if (name === null) return Object.fromEntries(entries);
    const value = params.get(`ContextEntries.member.${at}.ContextKeyValues.member.1`);
    if (value !== null) entries.push([name.toLowerCase(), value]);
  }
}

function matched(decision: Decision): Xml {
  if (decision.kind === "implicit-deny") return [];
  return decision.by.map(({ name }) => ({ SourcePolicyId: name, SourcePolicyType: "IAM Policy" }));
}

function isWithin({ boundary }: PolicySet, action: string, resource: string, context: RequestContext): boolean {
  const alone = { identity: boundary === null ? [] : [boundary], boundary: null, session: null };
  return evaluate(alone, { action, resource, context }).kind === "allowed";
}
