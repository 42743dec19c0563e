import { performance } from "node:perf_hooks";
import type { RequestHandler } from "express";
import type { Log, NewId } from "../domain/ports.ts";

/**
 * Gives each request an id of ours, never the caller's (T31), and logs its end. The route pattern stands in for the
 * path, and the query is left out: both can name people.
 */
export function requestLog({ log, newId }: { log: Log; newId: NewId }): RequestHandler {
  return (req, res, next) => {
    const requestId = newId();
    const startedAt = performance.now();
    res.set("x-request-id", requestId);
    res.on("finish", () => {
      const route: unknown = req.route?.path;
      log.info("request handled", {
        requestId,
        method: req.method,
        route: typeof route === "string" ? `${req.baseUrl}${route}` : "unmatched",
        status: res.statusCode,
        durationMs: Math.round(performance.now() - startedAt),
      });
    });
    next();
  };
}
