import { newId } from "../ids.ts";
import type { PolicyRow } from "../rows.ts";

const all = [{ Effect: "Allow", Action: "*", Resource: "*" }];

/**
 * The few of AWS's own policies that an offboarding meets; the read-only one reduced to IAM.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const documents = {
  AdministratorAccess: all,
  AWSDenyAll: [{ Effect: "Deny", Action: ["*"], Resource: "*" }],
  IAMFullAccess: [{ Effect: "Allow", Action: ["iam:*"], Resource: "*" }],
  IAMReadOnlyAccess: [{ Effect: "Allow", Action: ["iam:Get*", "iam:List*", "iam:Simulate*"], Resource: "*" }],
  PowerUserAccess: [{ Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" }],
};

/** Managed policies that are in every account. */
export function awsPolicies(createdAt: Date): PolicyRow[] {
  return Object.entries(documents).map(([name, statements]) => ({
    id: `arn:aws:iam::aws:policy/${name}`,
    policyId: newId("ANPA"),
    name,
    path: "/",
    document: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    createdAt,
  }));
}
