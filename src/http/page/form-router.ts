import { Router } from "express";
import type { Request, Response } from "express";
import { z } from "zod";
import { answerQuestion } from "../actions/answer-question.ts";
import { approveCase } from "../actions/approve-case.ts";
import { cancelCase, pauseCase, resumeCase, retryCase } from "../actions/change-case.ts";
import { startOffboarding } from "../actions/start-offboarding.ts";
import { requireRole } from "../actor.ts";
import type { Actor } from "../actor.ts";
import { lineText, reasonText } from "../api/fields.ts";
import { authenticate } from "../authenticate.ts";
import type { AuthDeps } from "../authenticate.ts";
import { readFormFields } from "../body.ts";
import type { HttpDeps } from "../deps.ts";
import { invalidRequest, notFound } from "../problem.ts";
import { id, sha256 } from "../views/shared.ts";

const reasonForm = z.object({ reason: reasonText });
const approvalForm = z.object({ planSha256: sha256 });
const answerForm = z.object({
  answer: z.enum(["leaver", "not-a-leaver", "link", "no-account"]),
  accountId: z.array(lineText).max(50),
});
const startForm = z.object({
  userName: lineText,
  source: z.union([z.literal(""), lineText]).optional(),
  reason: reasonText,
  urgent: z.literal("true").optional(),
});

/** The page's forms. They call what the API calls, with the same checks, and lead back to a page. */
export function formRouter(deps: HttpDeps, auth: AuthDeps): Router {
  const router = Router();

  /** `act` answers where to go next. */
  function form(path: string, act: (input: FormInput) => Promise<string>): void {
    const serve = async (req: Request, res: Response): Promise<void> => {
      const actor = await authenticate(req, auth);
      const [subject] = Object.values(req.params);
      if (subject !== undefined && !id.safeParse(subject).success) throw notFound();
      const fields = await readFormFields(req);
      res.redirect(303, `${deps.basePath}${await act({ actor, subject: String(subject), fields })}`);
    };
    router.post(path, (req: Request, res: Response) => serve(req, res));
  }

  form("/cases", async ({ actor, fields }) => {
    requireRole(actor, "operator");
    const { userName, source, reason, urgent } = parse(startForm, single(fields));
    const who = { userName, source: source === "" ? undefined : source };
    const opened = await startOffboarding({ who, reason, urgent: urgent === "true", at: null }, actor, deps);
    return `/cases/${opened.caseId}`;
  });
  form("/cases/:caseId/approval", async ({ actor, subject, fields }) => {
    const { planSha256 } = parse(approvalForm, single(fields));
    await approveCase({ caseId: subject, planSha256 }, actor, deps);
    return `/cases/${subject}`;
  });
  form("/cases/:caseId/cancellation", async ({ actor, subject, fields }) => {
    requireRole(actor, "operator");
    await cancelCase({ caseId: subject, ...parse(reasonForm, single(fields)) }, actor, deps);
    return `/cases/${subject}`;
  });
  for (const [word, act] of [
    ["pause", pauseCase],
    ["resume", resumeCase],
    ["retry", retryCase],
  ] as const)
    form(`/cases/:caseId/${word}`, async ({ actor, subject }) => {
      requireRole(actor, "operator");
      await act(subject, actor, deps);
      return `/cases/${subject}`;
    });
  form("/questions/:questionId/answer", async ({ actor, subject, fields }) => {
    requireRole(actor, "operator");
    const accountId = fields.getAll("accountId").filter((value) => value !== "");
    const { answer, accountId: accountIds } = parse(answerForm, { ...single(fields), accountId });
    const { caseId } = await answerQuestion({ questionId: subject, answer, accountIds }, actor, deps);
    return caseId === null ? "/decisions" : `/cases/${caseId}`;
  });
  return router;
}

interface FormInput {
  actor: Actor;
  /** The id in the path. */
  subject: string;
  fields: URLSearchParams;
}

function single(fields: URLSearchParams): Record<string, string> {
  return Object.fromEntries(fields);
}

function parse<Fields>(schema: z.ZodType<Fields>, value: unknown): Fields {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidRequest(parsed.error, "form");
  return parsed.data;
}
