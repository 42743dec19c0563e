import { Router } from "express";
import { messageOf } from "../domain/error.ts";
import type { HttpDeps, Readiness } from "./deps.ts";

/**
 * `/healthz`: the process runs. `/readyz`: database, migrations, queue and sealer answer. On the public listener only
 * names and yes or no; what each check found is shown on the admin listener (T50).
 */
export function healthRouter(deps: Pick<HttpDeps, "ready" | "log">, { details }: { details: boolean }): Router {
  const router = Router();
  router.get("/healthz", (_req, res) => {
    res.set("cache-control", "no-store").json({ ok: true });
  });
  router.get("/readyz", async (_req, res) => {
    const { ok, checks } = await readiness(deps);
    const shown = Object.fromEntries(
      Object.entries(checks).map(([name, check]) => [name, details ? check : { ok: check.ok }]),
    );
    res
      .set("cache-control", "no-store")
      .status(ok ? 200 : 503)
      .json({ ok, checks: shown });
  });
  return router;
}

async function readiness({ ready, log }: Pick<HttpDeps, "ready" | "log">): Promise<Readiness> {
  try {
    return await ready();
  } catch (error) {
    log.warn("readiness check failed", { reason: messageOf(error) });
    return { ok: false, checks: {} };
  }
}
