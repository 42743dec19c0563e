import { z } from "zod";
import type { PersonKey } from "../actions/find-person.ts";

/** Input fields that several endpoints take. Text is bounded, and may not carry what a log or a terminal would act on. */
export const lineText = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Bidi_Control}]*$/u, "must not contain control characters");

export const reasonText = z
  .string()
  .trim()
  .min(3)
  .max(1_000)
  .regex(/^(?:[^\p{Cc}\p{Bidi_Control}]|\n)*$/u, "must not contain control characters")
  .describe("Why; kept in the audit");

/** Names one person in a body: `personId`, or `userName` with `source` where the name alone is not enough. */
export const personKey = {
  personId: z.uuid().optional(),
  userName: lineText.optional(),
  source: lineText.optional().describe("Needed when the user name exists in several sources"),
};

interface PersonKeyBody {
  personId?: string | undefined;
  userName?: string | undefined;
  source?: string | undefined;
}

export function personKeyOf({ personId, userName, source }: PersonKeyBody): PersonKey {
  if (personId !== undefined) return { personId };
  if (userName !== undefined) return { userName, source };
  throw new Error("the schema lets one of both through");
}

personKeyOf.exactlyOne = [
  ({ personId, userName }: PersonKeyBody): boolean => (personId === undefined) !== (userName === undefined),
  { path: ["userName"], message: "give either userName or personId" },
] satisfies [(body: PersonKeyBody) => boolean, { path: string[]; message: string }];
