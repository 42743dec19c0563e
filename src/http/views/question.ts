import { z } from "zod";
import type { QuestionRow } from "../../store/views/questions.ts";
import { id, instant, iso, isoOrNull } from "./shared.ts";

/** Account that could be the person's, as a question offers it. Engine and page read the same shape. */
export const candidate = z
  .object({
    account: z.object({ id: z.string(), label: z.string() }),
    strength: z.enum(["strong", "weak"]),
    reason: z.string(),
  })
  .meta({ id: "Candidate" });

export const questionView = z
  .strictObject({
    id,
    kind: z.string(),
    caseId: id.nullable(),
    target: z.string().nullable(),
    personId: id.nullable(),
    text: z.string(),
    candidates: z.array(candidate),
    answers: z.array(z.enum(["leaver", "not-a-leaver", "link", "no-account"])).describe("What may be answered"),
    createdAt: instant,
    answeredAt: instant.nullable(),
    answeredBy: z.string().nullable(),
    answer: z.string().nullable(),
  })
  .meta({ id: "Question", description: "Something only a person can decide" });

export type QuestionView = z.output<typeof questionView>;
export type Answer = QuestionView["answers"][number];

/** A question about a whole case is answered for the case; one about a target, with an account. */
export function answersTo({ kind, target }: Pick<QuestionRow, "kind" | "target">): Answer[] {
  if (kind === "first-seen-gone") return ["leaver", "not-a-leaver"];
  if (target === null) return ["not-a-leaver"]; // `protected`: two approvals release it, one person may stop it
  return ["link", "no-account"];
}

export function questionViewOf(row: QuestionRow): QuestionView {
  return {
    id: row.id,
    kind: row.kind,
    caseId: row.caseId,
    target: row.target,
    personId: row.personId,
    text: row.text,
    candidates: row.candidates.flatMap((entry) => {
      const parsed = candidate.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    }),
    answers: row.answeredAt === null ? answersTo(row) : [],
    createdAt: iso(row.createdAt),
    answeredAt: isoOrNull(row.answeredAt),
    answeredBy: row.answeredBy,
    answer: row.answer,
  };
}
