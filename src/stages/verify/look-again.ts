import { ConnectorError } from "../../../connectors/contract/error.ts";
import type { Secret } from "../../../connectors/contract/secret.ts";
import type { Finding, Verdict } from "../../domain/access.ts";
import type { Look } from "../discover/look-for-access.ts";
import type { OpenTarget } from "../session.ts";

/**
 * A fresh, independent look at one item, weighed against the complete listing of the same look. What the target
 * answered to the revocation plays no part (law 2); a listing and a look that disagree are `unknown`.
 */
export async function lookAgain(
  target: OpenTarget,
  finding: Finding,
  look: Look,
  material: Secret | null,
): Promise<Verdict> {
  const kind = target.connector.kinds[finding.kind];
  if (kind === undefined) return unknown("the connector no longer knows this kind");
  let verdict: Verdict;
  try {
    verdict = await kind.verify(target.session, finding, material === null ? null : { material });
  } catch (error) {
    if (!(error instanceof ConnectorError) || speaksOfTheTarget.has(error.code)) throw error;
    return unknown(error.message);
  }
  if (verdict.state !== "dead" || verdict.by !== "absence") return verdict;
  if (!look.complete.has(finding.kind)) return unknown("the list it should be missing from was not whole");
  const listed = look.findings.some((other) => other.kind === finding.kind && other.ref === finding.ref);
  return listed ? unknown("it was listed and then not found within one look") : verdict;
}

const speaksOfTheTarget: ReadonlySet<string> = new Set(["rate-limited", "unauthorized", "cancelled", "egress-refused"]);

function unknown(reason: string): Verdict {
  return { state: "unknown", by: "absence", reason };
}
