import { z } from "zod";
import { caseStates } from "../../domain/case.ts";
import type { CaseState } from "../../domain/case.ts";
import { readCaseParts, readEvidence } from "../../store/views/case-detail.ts";
import { countCases, findCaseRow, listCaseRows } from "../../store/views/cases.ts";
import { listCertificateRows } from "../../store/views/certificates.ts";
import { approveCase } from "../actions/approve-case.ts";
import { caseCertificate } from "../actions/case-certificate.ts";
import { cancelCase, pauseCase, resumeCase, retryCase } from "../actions/change-case.ts";
import { startOffboarding } from "../actions/start-offboarding.ts";
import { decodeCursor, pageOf, pageQuery } from "../cursor.ts";
import type { HttpDeps } from "../deps.ts";
import { endpoint } from "../operation.ts";
import type { Endpoint, Reply } from "../operation.ts";
import { notFound, Problem } from "../problem.ts";
import { caseDetailView } from "../views/case-schema.ts";
import { caseDetailViewOf } from "../views/case-detail.ts";
import { caseSummaryView, caseViewOf } from "../views/case-summary.ts";
import { certificateView, certificateViewOf } from "../views/certificate.ts";
import { id, pageView, sha256 } from "../views/shared.ts";
import { personKey, personKeyOf, reasonText } from "./fields.ts";

export const caseParams = z.strictObject({ caseId: id });

const states = z
  .string()
  .transform((text, context): CaseState[] => {
    const named = text.split(",");
    const known = named.filter((name): name is CaseState => (caseStates as readonly string[]).includes(name));
    if (known.length !== named.length)
      context.addIssue(`must be some of ${caseStates.join(", ")}, separated by commas`);
    return known;
  })
  .meta({ description: "Case states, separated by commas; left out: all", type: "string" });

const caseCounts = z.strictObject({
  byState: z.partialRecord(z.enum(caseStates), z.int()),
  alive: z.int().describe("Cases in which something was seen alive after its revocation"),
  pastSla: z.int(),
});

/** The cases: looking, starting, deciding. */
export function caseEndpoints(deps: HttpDeps): Endpoint[] {
  const show = async (caseId: string, status?: number): Promise<Reply> => {
    const row = await findCaseRow(deps.pool, caseId);
    if (row === null) throw notFound();
    const detail = caseDetailViewOf(row, await readCaseParts(deps.pool, caseId), deps.clock());
    return { json: detail, ...(status === undefined ? {} : { status }) };
  };

  return [
    endpoint(
      {
        id: "listCases",
        method: "get",
        path: "/cases",
        summary: "Cases, newest first, with counts over all of them",
        tag: "cases",
        role: "viewer",
        query: z.strictObject({
          state: states.optional(),
          alive: z.stringbool().optional().describe("Only cases in which access still works"),
          personId: id.optional(),
          ...pageQuery,
        }),
        success: {
          status: 200,
          description: "A page of cases",
          schema: pageView(caseSummaryView).extend({ counts: caseCounts }),
        },
        problems: ["invalid-cursor"],
      },
      async ({ query }) => {
        const after = decodeCursor(query.cursor);
        const filter = { states: query.state ?? [], alive: query.alive ?? false, personId: query.personId ?? null };
        const [rows, counts] = await Promise.all([
          listCaseRows(deps.pool, {
            filter,
            after: after === null ? null : { openedAt: after.at, id: after.id },
            limit: query.limit + 1,
          }),
          countCases(deps.pool),
        ]);
        const page = pageOf(rows, query.limit, (row) => ({ at: row.openedAt, id: row.id }));
        const now = deps.clock();
        return { json: { items: page.items.map((row) => caseViewOf(row, now)), next: page.next, counts } };
      },
    ),
    endpoint(
      {
        id: "startCase",
        method: "post",
        path: "/cases",
        summary: "Offboard a person: the manual door",
        description:
          "The guard applies as at every door: above its limits the case awaits approval. `urgent` passes the guard and takes an approver. Answers 201 for a new case, 200 when the person already has one.",
        tag: "cases",
        role: "operator",
        body: z
          .strictObject({
            ...personKey,
            reason: reasonText,
            urgent: z.boolean().default(false),
            at: z.iso.datetime({ offset: true }).optional().describe("Not before this time (RFC 3339)"),
          })
          .refine(...personKeyOf.exactlyOne),
        success: { status: 201, description: "The case", schema: caseDetailView },
        problems: ["unknown-person", "ambiguous-person"],
      },
      async ({ body, actor }) => {
        const opened = await startOffboarding(
          {
            who: personKeyOf(body),
            reason: body.reason,
            urgent: body.urgent,
            at: body.at === undefined ? null : new Date(body.at),
          },
          actor,
          deps,
        );
        const reply = await show(opened.caseId, opened.created ? 201 : 200);
        return "json" in reply ? { ...reply, location: `${deps.basePath}/api/v1/cases/${opened.caseId}` } : reply;
      },
    ),
    endpoint(
      {
        id: "getCase",
        method: "get",
        path: "/cases/{caseId}",
        summary: "One case with its targets, items, steps, questions and certificates",
        tag: "cases",
        role: "viewer",
        params: caseParams,
        success: { status: 200, description: "The case", schema: caseDetailView },
      },
      async ({ params }) => await show(params.caseId),
    ),
    endpoint(
      {
        id: "approveCase",
        method: "post",
        path: "/cases/{caseId}/approval",
        summary: "Approve the plan of a held case",
        description:
          "Name the plan that was read, in `If-Match` or as `planSha256`. A case needs two approvers within 24 hours, an urgent one needs one; its requester does not count.",
        tag: "cases",
        role: "approver",
        params: caseParams,
        headers: z.object({ "if-match": z.string().optional().describe("The plan's SHA-256, quoted") }),
        body: z.strictObject({ planSha256: sha256.optional() }),
        success: {
          status: 202,
          description: "The approval counts; `released` says whether the case now acts",
          schema: z.strictObject({ given: z.int(), needed: z.int(), released: z.boolean() }),
        },
        problems: [
          "not-awaiting-approval",
          "plan-changed",
          "precondition-required",
          "own-request",
          "already-approved",
          "person-active-again",
        ],
      },
      async ({ params, body, actor, req }) => {
        const planSha256 = body.planSha256 ?? planOfIfMatch(req.headers["if-match"]);
        const approved = await approveCase({ caseId: params.caseId, planSha256 }, actor, deps);
        return { json: approved, location: `${deps.basePath}/api/v1/cases/${params.caseId}` };
      },
    ),
    endpoint(
      {
        id: "cancelCase",
        method: "post",
        path: "/cases/{caseId}/cancellation",
        summary: "End a case without a certificate",
        description:
          "Once this is answered no new write to a target starts. What was frozen or revoked stays as it is.",
        tag: "cases",
        role: "operator",
        params: caseParams,
        body: z.strictObject({ reason: reasonText }),
        success: { status: 200, description: "The case", schema: caseDetailView },
        problems: ["already-ended"],
      },
      async ({ params, body, actor }) => {
        await cancelCase({ caseId: params.caseId, reason: body.reason }, actor, deps);
        return await show(params.caseId);
      },
    ),
    ...(
      [
        ["pauseCase", "pause", "Stop the writes of a case until it is resumed", pauseCase, ["already-ended"]],
        ["resumeCase", "resume", "Go on with a paused case", resumeCase, ["already-ended", "not-paused"]],
        ["retryCase", "retry", "Try again now what waits or is blocked", retryCase, ["already-ended"]],
      ] as const
    ).map(([operationId, word, summary, act, problems]) =>
      endpoint(
        {
          id: operationId,
          method: "post",
          path: `/cases/{caseId}/${word}`,
          summary,
          tag: "cases",
          role: "operator",
          params: caseParams,
          success: { status: 200, description: "The case", schema: caseDetailView },
          problems,
        },
        async ({ params, actor }) => {
          await act(params.caseId, actor, deps);
          return await show(params.caseId);
        },
      ),
    ),
    endpoint(
      {
        id: "getCaseCertificate",
        method: "get",
        path: "/cases/{caseId}/certificate",
        summary: "The certificate of a case, as a file",
        description:
          "The latest final one. While there is none, an interim one is signed now and says what is still alive.",
        tag: "certificates",
        role: "viewer",
        params: caseParams,
        success: { status: 200, description: "The certificate file", contentType: "application/json" },
        problems: ["body-erased"],
      },
      async ({ params }) => await caseCertificate(params.caseId, deps),
    ),
    endpoint(
      {
        id: "listCaseCertificates",
        method: "get",
        path: "/cases/{caseId}/certificates",
        summary: "All certificates of a case, newest first",
        tag: "certificates",
        role: "viewer",
        params: caseParams,
        success: { status: 200, description: "Certificates", schema: pageView(certificateView) },
      },
      async ({ params }) => {
        if ((await findCaseRow(deps.pool, params.caseId)) === null) throw notFound();
        const rows = await listCertificateRows(deps.pool, {
          caseId: params.caseId,
          kind: null,
          after: null,
          limit: 200,
        });
        return { json: { items: rows.map(certificateViewOf), next: null } };
      },
    ),
    endpoint(
      {
        id: "getCaseEvidence",
        method: "get",
        path: "/cases/{caseId}/evidence/{sha256}",
        summary: "One exchange with a target, in the bytes that were hashed",
        tag: "cases",
        role: "viewer",
        params: z.strictObject({ caseId: id, sha256 }),
        success: { status: 200, description: "Evidence", contentType: "application/json" },
        problems: ["body-erased"],
      },
      async ({ params }) => {
        const found = await readEvidence(deps.pool, params.caseId, params.sha256);
        if (found === null) throw notFound();
        if (found.body === null) throw new Problem("body-erased", "The evidence was erased; its digest remains.");
        return { bytes: found.body, type: found.mediaType, headers: { etag: `"${params.sha256}"` } };
      },
    ),
  ];
}

/** @throws {Problem} `precondition-required` when the header names no plan. @see RFC 9110 section 13.1.1 */
function planOfIfMatch(header: string | undefined): string {
  const plan = /^"([0-9a-f]{64})"$/.exec(header ?? "")?.[1];
  if (plan === undefined)
    throw new Problem("precondition-required", "Send `planSha256`, or `If-Match` with the plan's SHA-256 in quotes.");
  return plan;
}
