import { refuse } from "../errors.ts";

/** One statement, with everything that may be a text or a list as a list. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[] | null;
  readonly notActions: readonly string[] | null;
  readonly resources: readonly string[] | null;
  readonly notResources: readonly string[] | null;
  /** `*`, or values by kind (`AWS`, `Service`); only in trust policies. */
  readonly principals: Readonly<Record<string, readonly string[]>> | null;
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const known = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

/**
 * Reads a policy document that may have been stored. Anything wrong with it is a MalformedPolicyDocument.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(text: string, kind: "identity" | "trust" = "identity"): Statement[] {
  const document = parseJson(text);
  const list = document.Statement;
  const statements: unknown[] = Array.isArray(list) ? list : [list];
  if (!isObject(statements[0]) || Object.keys(document).some((key) => !["Version", "Id", "Statement"].includes(key))) {
    throw refuse.malformedPolicy("Syntax errors in policy.");
  }
  return statements.map((one) => statementOf(one, kind));
}

function statementOf(value: unknown, kind: "identity" | "trust"): Statement {
  if (!isObject(value) || Object.keys(value).some((key) => !known.has(key))) {
    throw refuse.malformedPolicy("Syntax errors in policy.");
  }
  if (value.Effect !== "Allow" && value.Effect !== "Deny") throw refuse.malformedPolicy("Syntax errors in policy.");
  const statement: Statement = {
    effect: value.Effect,
    actions: textsOf(value.Action),
    notActions: textsOf(value.NotAction),
    resources: textsOf(value.Resource),
    notResources: textsOf(value.NotResource),
    principals: principalsOf(value.Principal),
    conditions: conditionsOf(value.Condition),
  };
  if ((statement.actions ?? statement.notActions) === null) {
    throw refuse.malformedPolicy("Policy statement must contain actions.");
  }
  if (kind === "identity") {
    if (value.Principal !== undefined) {
      throw refuse.malformedPolicy("Policy document should not specify a principal.");
    }
    if ((statement.resources ?? statement.notResources) === null) {
      throw refuse.malformedPolicy("Policy statement must contain resources.");
    }
    const vague = [...(statement.actions ?? []), ...(statement.notActions ?? [])].find(
      (one) => !/^(\*|[^:]+:.+)$/.test(one),
    );
    if (vague !== undefined) {
      throw refuse.malformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    }
  } else {
    if (statement.resources !== null) throw refuse.malformedPolicy("Has prohibited field Resource");
    if (statement.principals === null) throw refuse.malformedPolicy("Missing required field Principal");
  }
  return statement;
}

function principalsOf(value: unknown): Statement["principals"] {
  if (value === undefined) return null;
  if (value === "*") return { AWS: ["*"] };
  if (!isObject(value)) throw refuse.malformedPolicy("Syntax errors in policy.");
  return Object.fromEntries(Object.entries(value).map(([kind, one]) => [kind, textsOf(one) ?? []]));
}

function conditionsOf(value: unknown): Condition[] {
  if (value === undefined) return [];
  if (!isObject(value)) throw refuse.malformedPolicy("Syntax errors in policy.");
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isObject(keys)) throw refuse.malformedPolicy("Syntax errors in policy.");
    return Object.entries(keys).map(([key, one]) => ({ operator, key, values: textsOf(one) ?? [] }));
  });
}

function textsOf(value: unknown): string[] | null {
  if (value === undefined) return null;
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one !== "string" && typeof one !== "boolean" && typeof one !== "number") {
      throw refuse.malformedPolicy("Syntax errors in policy.");
    }
    return String(one);
  });
}

function parseJson(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    throw refuse.malformedPolicy("This policy contains invalid Json");
  }
  throw refuse.malformedPolicy("Syntax errors in policy.");
}

function isObject(value: unknown): value is Json {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
