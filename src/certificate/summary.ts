import type { CertificateRecord, Grade } from "./record.ts";
import { count, object, type Of } from "./shape.ts";

/** How many items ended how. `discovered` is the sum of the others. */
export const summaryShape = object({
  discovered: count,
  /** Seen dead by a later look, by its grade. */
  dead: object({ probe: count, absence: count, state: count }),
  /** A person says so. */
  attested: count,
  /** The way to it is closed; the credential itself may live on. */
  cutOff: count,
  /** Named only: report-only or unsupported. */
  reported: count,
  /** Left alive by two people's decision. */
  excepted: count,
  alive: count,
  unknown: count,
});
export type Summary = Of<typeof summaryShape>;

export type Disposition =
  | { readonly kind: "dead"; readonly grade: Grade }
  | { readonly kind: "attested" | "cutOff" | "reported" | "excepted" | "alive" | "unknown" };

/**
 * Which single line of the summary an item counts in: the weakest that its record supports. A look outranks a person's
 * word, and being switched off says nothing about a credential to which merely the way was closed.
 */
export function dispositionOf({ revocation, verification, holding }: CertificateRecord): Disposition {
  const { verdict, grade } = verification;
  const isCutOff = revocation?.outcome === "cut-off" || holding?.kind === "cut-off";
  if (verdict === "dead" && grade !== null && !(isCutOff && grade === "state")) return { kind: "dead", grade };
  if (holding?.kind === "excepted") return { kind: "excepted" };
  if (holding?.kind === "attested" && verdict !== "alive") return { kind: "attested" };
  if (isCutOff && !(verdict === "alive" && grade === "probe")) return { kind: "cutOff" };
  if (holding?.kind === "reported" || revocation?.outcome === "unsupported") return { kind: "reported" };
  return verdict === "alive" ? { kind: "alive" } : { kind: "unknown" };
}

/** Counts records. Issuer and verifier share it, so a summary always reconciles or is refused. */
export function summarize(records: readonly CertificateRecord[]): Summary {
  const dispositions = records.map(dispositionOf);
  const countOf = (kind: Disposition["kind"]) => dispositions.filter((one) => one.kind === kind).length;
  const deadBy = (grade: Grade) => dispositions.filter((one) => one.kind === "dead" && one.grade === grade).length;
  return {
    discovered: records.length,
    dead: { probe: deadBy("probe"), absence: deadBy("absence"), state: deadBy("state") },
    attested: countOf("attested"),
    cutOff: countOf("cutOff"),
    reported: countOf("reported"),
    excepted: countOf("excepted"),
    alive: countOf("alive"),
    unknown: countOf("unknown"),
  };
}
