import type { Gate } from "../exposure.ts";
import type { EnvironmentAnswer } from "./schema.ts";

/** Rules that only delay, or that `deployment_branch_policy` says better. */
const noApproval: ReadonlySet<string> = new Set(["wait_timer", "branch_policy"]);

/**
 * What has to happen before a job may use an environment. A rule of a sort that is not known here is an app's.
 * @see https://docs.github.com/en/rest/deployments/environments#list-environments
 */
export function gateOf({ protection_rules: rules, deployment_branch_policy: branches }: EnvironmentAnswer): Gate {
  const reviews = (rules ?? []).filter(({ type }) => type === "required_reviewers");
  const reviewers = reviews.flatMap((rule) => rule.reviewers ?? []);
  return {
    reviewers: reviewers.flatMap(({ type, reviewer }) => (type === "User" && reviewer ? [reviewer.id] : [])),
    reviewingTeams: reviewers.flatMap(({ type, reviewer }) =>
      type !== "User" && reviewer ? [reviewer.slug ?? String(reviewer.id)] : [],
    ),
    preventsSelfReview: reviews.some((rule) => rule.prevent_self_review === true),
    isCustom: (rules ?? []).some(({ type }) => type !== "required_reviewers" && !noApproval.has(type)),
    limitsBranches: (branches ?? null) !== null,
  };
}
