import { Router } from "express";
import type { ErrorRequestHandler, Request, Response } from "express";
import { z } from "zod";
import { messageOf } from "../../domain/error.ts";
import { isUuid } from "../../domain/id.ts";
import { readCaseParts } from "../../store/views/case-detail.ts";
import { countCases, findCaseRow, listCaseRows } from "../../store/views/cases.ts";
import { listQuestionRows } from "../../store/views/questions.ts";
import { readTargetHealth } from "../../store/views/reference.ts";
import { hasRole } from "../actor.ts";
import type { Actor } from "../actor.ts";
import { findActor } from "../authenticate.ts";
import type { AuthDeps } from "../authenticate.ts";
import { decodeCursor, defaultPageSize, pageOf } from "../cursor.ts";
import type { HttpDeps } from "../deps.ts";
import type { Operation } from "../operation.ts";
import { notFound, requestIdOf, toProblem } from "../problem.ts";
import { sessionRouter } from "../session-router.ts";
import { caseDetailViewOf } from "../views/case-detail.ts";
import { caseViewOf } from "../views/case-summary.ts";
import { questionViewOf } from "../views/question.ts";
import { targetHealthViewOf } from "../views/reference.ts";
import { assetRouter } from "./assets/index.ts";
import { casePage } from "./case-page.ts";
import { formRouter } from "./form-router.ts";
import { layout } from "./layout.ts";
import type { PageInput } from "./layout.ts";
import { overviewFilters, overviewPage } from "./overview.ts";
import type { OverviewFilter } from "./overview.ts";
import { errorCard } from "./parts.ts";
import { decisionsPage, docsPage, targetsPage } from "./reference-pages.ts";
import { signInPage } from "./sign-in.ts";

type Content = Pick<PageInput, "title" | "here" | "follow" | "main">;

const overviewQuery = z.object({
  show: z.enum(Object.keys(overviewFilters) as [OverviewFilter, ...OverviewFilter[]]).catch("open"),
  cursor: z.string().max(200).optional().catch(undefined),
});

/** The plain page: server-rendered, true without its script, live with it. */
export function pageRouter(deps: HttpDeps, auth: AuthDeps, operations: readonly Operation[]): Router {
  const router = Router();
  const { basePath, organization } = deps;

  function show(res: Response, actor: Actor | null, content: Content, status = 200): void {
    res.set("cache-control", "no-store").status(status).type("html");
    res.send(layout({ organization, basePath, actor, ...content }));
  }

  function showSignIn(res: Response, { refused, next }: { refused: boolean; next: string }): void {
    const main = signInPage({ basePath, organization, refused, next });
    show(res, null, { title: "Sign in", here: null, follow: null, main }, 401);
  }

  /** A page for whoever is signed in; anybody else gets the sign-in in its place and comes back to it. */
  function page(path: string, render: (req: Request, actor: Actor) => Promise<Content>): void {
    const serve = async (req: Request, res: Response): Promise<void> => {
      const actor = await findActor(req, auth);
      if (actor === null) showSignIn(res, { refused: false, next: req.originalUrl });
      else show(res, actor, await render(req, actor));
    };
    router.get(path, (req: Request, res: Response) => serve(req, res));
  }

  page("/", async (req, actor) => {
    const { show: filter, cursor } = overviewQuery.parse({ ...req.query });
    const after = decodeCursor(cursor);
    const { states, alive } = overviewFilters[filter];
    const [rows, counts] = await Promise.all([
      listCaseRows(deps.pool, {
        filter: { states, alive, personId: null },
        after: after === null ? null : { openedAt: after.at, id: after.id },
        limit: defaultPageSize + 1,
      }),
      countCases(deps.pool),
    ]);
    const { items, next } = pageOf(rows, defaultPageSize, (row) => ({ at: row.openedAt, id: row.id }));
    const now = deps.clock();
    const main = overviewPage({
      basePath,
      filter,
      cases: items.map((row) => caseViewOf(row, now)),
      next,
      isFirstPage: after === null,
      counts,
      now,
      mayOperate: hasRole(actor, "operator"),
      mayApprove: hasRole(actor, "approver"),
    });
    return { title: "Offboardings", here: "cases", follow: { caseId: null }, main };
  });

  page("/cases/:caseId", async (req, actor) => {
    const caseId = String(req.params["caseId"]);
    const row = isUuid(caseId) ? await findCaseRow(deps.pool, caseId) : null;
    if (row === null) throw notFound();
    const now = deps.clock();
    const shown = caseDetailViewOf(row, await readCaseParts(deps.pool, caseId), now);
    const main = casePage({
      basePath,
      case: shown,
      now,
      mayOperate: hasRole(actor, "operator"),
      mayApprove: hasRole(actor, "approver"),
    });
    const title = shown.subject.displayName ?? shown.subject.userName;
    return { title, here: "cases", follow: { caseId: shown.id }, main };
  });

  page("/decisions", async (_req, actor) => {
    const filter = { states: ["awaiting_approval"] as const, alive: false, personId: null };
    const [held, questions] = await Promise.all([
      listCaseRows(deps.pool, { filter, after: null, limit: 200 }),
      listQuestionRows(deps.pool, { open: true, after: null, limit: 200 }),
    ]);
    const now = deps.clock();
    const main = decisionsPage({
      basePath,
      held: held.map((row) => caseViewOf(row, now)),
      questions: questions
        .filter((row) => row.kind !== "protected")
        .map((row) => ({ ...questionViewOf(row), userName: row.userName })),
      mayOperate: hasRole(actor, "operator"),
    });
    return { title: "Decisions", here: "decisions", follow: { caseId: null }, main };
  });

  page("/targets", async () => {
    const health = new Map((await readTargetHealth(deps.pool)).map((row) => [row.target, row]));
    const targets = deps.targets().map((target) => targetHealthViewOf(target, health.get(target.name)));
    return { title: "Targets", here: "targets", follow: { caseId: null }, main: targetsPage({ targets }) };
  });

  page("/docs", () =>
    Promise.resolve({ title: "API", here: "docs", follow: null, main: docsPage({ basePath, operations }) }),
  );

  router.use(assetRouter());
  router.use(
    sessionRouter({ ...auth, basePath }, { refuse: (_req, res, next) => showSignIn(res, { refused: true, next }) }),
  );
  router.use(formRouter(deps, auth));

  /** What failed is a page that says so, under its real status; never an empty list. */
  const showError: ErrorRequestHandler = (thrown: unknown, req, res, next) => {
    if (res.headersSent || mediaPreferred(req) !== "html") {
      next(thrown);
      return;
    }
    const problem = toProblem(thrown);
    const requestId = requestIdOf(res);
    if (problem.status >= 500)
      deps.log.error("page failed", { requestId, code: problem.code, reason: messageOf(thrown) });
    const canRepeat = req.method === "GET" && problem.status >= 500;
    const onward = canRepeat
      ? { path: req.originalUrl, label: "Try again" }
      : { path: `${basePath}/`, label: "Back to the offboardings" };
    const main = errorCard({ title: problem.title, detail: problem.message, requestId, next: onward });
    show(res, null, { title: problem.title, here: null, follow: null, main }, problem.status);
  };
  router.use(showError);
  return router;
}

function mediaPreferred(req: Request): "html" | "other" {
  return req.accepts(["json", "html"]) === "html" ? "html" : "other";
}
