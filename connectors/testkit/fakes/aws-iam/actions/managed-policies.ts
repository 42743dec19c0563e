import { refuse } from "../errors.ts";
import type { PolicyRow } from "../rows.ts";
import type { Store } from "../store.ts";
import type { Xml } from "../xml.ts";

/** The managed policy of that ARN. What is no ARN at all is an InvalidInput. */
export function attachablePolicy(store: Store, arn: string): PolicyRow {
  if (!/^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/.+$/.test(arn)) throw refuse.invalidInput(`ARN ${arn} is not valid.`);
  const policy = store.get("policies", arn);
  if (policy === undefined) throw refuse.noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  return policy;
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachedPermissionsBoundary.html */
export function permissionsBoundary(arn: string | null): Xml | null {
  return arn === null ? null : { PermissionsBoundaryType: "PermissionsBoundaryPolicy", PermissionsBoundaryArn: arn };
}
