import express, { Router } from "express";
import type { Express } from "express";
import { createApiRouter } from "./api-router.ts";
import { apiEndpoints } from "./api/index.ts";
import { openapiEndpoint } from "./api/openapi-file.ts";
import { createSessionCookie } from "./cookie.ts";
import type { HttpDeps } from "./deps.ts";
import { errorHandler } from "./error-handler.ts";
import { createEventHub } from "./event-hub.ts";
import { healthRouter } from "./health.ts";
import { pageRouter } from "./page/router.ts";
import { notFound } from "./problem.ts";
import { requestLog } from "./request-log.ts";
import { securityHeaders } from "./security-headers.ts";
import { createSessions } from "./sessions.ts";

/** The public listener: SCIM, hooks, API, page, and the documents that need no token. */
export function createHttpApp(deps: HttpDeps): Express {
  const app = bareApp(deps);
  const auth = {
    pool: deps.pool,
    publicUrl: deps.publicUrl,
    sessions: createSessions(deps),
    cookie: createSessionCookie(deps),
  };

  const hub = createEventHub(deps);
  deps.stopping.addEventListener("abort", () => hub.stop(), { once: true });

  const endpoints = [...apiEndpoints(deps, auth, hub), openapiEndpoint()];
  const root = Router();
  root.use("/scim/v2", deps.scimRouter);
  if (deps.hooksRouter !== null) root.use("/hooks", deps.hooksRouter);
  root.use(healthRouter(deps, { details: false }));
  root.use("/.well-known", trustRouter(deps));
  root.use("/api/v1", createApiRouter(endpoints, auth));
  root.use(
    pageRouter(
      deps,
      auth,
      endpoints.map((entry) => entry.operation),
    ),
  );

  app.use(deps.basePath === "" ? "/" : deps.basePath, root);
  app.use(() => {
    throw notFound();
  });
  app.use(errorHandler(deps));
  return app;
}

/** The admin listener: health in detail and metrics; never exposed (T50). */
export function createAdminApp(deps: HttpDeps): Express {
  const app = bareApp(deps);
  app.use(healthRouter(deps, { details: true }));
  app.get("/metrics", async (_req, res) => {
    res.type("text/plain; version=0.0.4; charset=utf-8").send(await deps.metrics());
  });
  app.use(() => {
    throw notFound();
  });
  app.use(errorHandler(deps));
  return app;
}

function bareApp(deps: HttpDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag"); // an entity tag of ours names a certificate or a plan, never a guess at bytes
  app.set("query parser", "simple");
  app.set("trust proxy", [...deps.trustedProxies]);
  app.use(requestLog(deps));
  app.use(securityHeaders(deps));
  return app;
}

/** What a verifier needs, without a token: keys, and the trust file for `lastday verify --trust`. */
function trustRouter(deps: HttpDeps): Router {
  const router = Router();
  router.get("/jwks.json", (_req, res) => {
    res.set("cache-control", "public, max-age=300").json(deps.trust().jwks);
  });
  router.get("/lastday-trust.json", (_req, res) => {
    res.set("cache-control", "public, max-age=300").json(deps.trust().trustFile);
  });
  return router;
}
