import { performance } from "node:perf_hooks";
import type { RequestHandler } from "express";
import type { HttpDeps } from "./deps.ts";

/**
 * Gives each request an id of ours, never the caller's (T31), and logs its end. The route pattern stands in for the
 * path, and the query is left out: both can name people. Metrics count the same line.
 */
export function requestLog({
  log,
  newId,
  requestEnded,
}: Pick<HttpDeps, "log" | "newId" | "requestEnded">): RequestHandler {
  return (req, res, next) => {
    const requestId = newId();
    const startedAt = performance.now();
    res.set("x-request-id", requestId);
    res.on("finish", () => {
      const pattern: unknown = req.route?.path;
      const handled = {
        method: req.method,
        route: typeof pattern === "string" ? `${req.baseUrl}${pattern}` : "unmatched",
        status: res.statusCode,
        durationMs: Math.round(performance.now() - startedAt),
      };
      log.info("request handled", { requestId, ...handled });
      requestEnded?.(handled);
    });
    next();
  };
}
