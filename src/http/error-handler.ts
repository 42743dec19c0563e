import type { ErrorRequestHandler } from "express";
import { messageOf } from "../domain/error.ts";
import type { Log } from "../domain/ports.ts";
import { requestIdOf, sendProblem, toProblem } from "./problem.ts";

/** The one place where a thrown thing becomes an answer. Only failures of ours are logged with their cause. */
export function errorHandler({ log }: { log: Log }): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    const problem = toProblem(thrown);
    if (problem.status >= 500)
      log.error("request failed", {
        requestId: requestIdOf(res),
        code: problem.code,
        reason: messageOf(thrown),
        stack: thrown instanceof Error ? thrown.stack : undefined,
      });
    if (res.headersSent) {
      res.destroy();
      return;
    }
    sendProblem(req, res, problem);
  };
}
