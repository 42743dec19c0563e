import { ConnectorError } from "../../../connectors/contract/error.ts";
import type { Secret } from "../../../connectors/contract/secret.ts";
import type { Finding } from "../../domain/access.ts";
import type { TargetAccounts } from "../session.ts";

/** A kind this target cannot show at all: named in the certificate, holds nothing (design section 4). */
export interface Gap {
  kind: string;
  why: string;
}

/** A kind that could not be looked at now. */
export interface Trouble {
  kind: string;
  error: ConnectorError;
}

export interface Look {
  findings: readonly Finding[];
  /** Kinds whose listing was whole, so that absence from it means something. */
  complete: ReadonlySet<string>;
  gaps: readonly Gap[];
  troubles: readonly Trouble[];
  /** What a probe needs, by finding; to be sealed at once. */
  materials: ReadonlyMap<Finding, Secret>;
}

/**
 * One complete discovery. A kind that fails does not keep the others from being looked at.
 *
 * @param known what earlier looks of the same case found here.
 */
export async function lookForAccess(
  { connector, session, accounts }: TargetAccounts,
  known: readonly Finding[] = [],
): Promise<Look> {
  const findings: Finding[] = [];
  const complete = new Set<string>();
  const gaps: Gap[] = [];
  const troubles: Trouble[] = [];
  const materials = new Map<Finding, Secret>();

  for (const [name, kind] of Object.entries(connector.kinds)) {
    try {
      let whole = true;
      for (const account of accounts) {
        const before = known.filter((finding) => finding.kind === name && finding.accountId === account.id);
        for await (const page of kind.discover(session, account, before)) {
          findings.push(...page.items);
          for (const [ref, material] of page.materials ?? []) {
            const finding = page.items.find((item) => item.ref === ref);
            if (finding !== undefined) materials.set(finding, material);
          }
          whole &&= page.complete;
        }
      }
      if (whole) complete.add(name);
      else troubles.push({ kind: name, error: cutShort(connector.id, name) });
    } catch (error) {
      if (!(error instanceof ConnectorError) || stopsTheLook.has(error.code)) throw error;
      if (error.code === "unsupported") gaps.push({ kind: name, why: error.message });
      else troubles.push({ kind: name, error });
    }
  }
  return { findings, complete, gaps, troubles, materials };
}

/** These speak of the whole target, not of one kind. */
const stopsTheLook: ReadonlySet<string> = new Set(["rate-limited", "unauthorized", "cancelled", "egress-refused"]);

function cutShort(target: string, kind: string): ConnectorError {
  return new ConnectorError("invalid-response", `The list of ${kind} was cut short, so it proves nothing`, { target });
}
