import type { Request, Response } from "express";
import type { z } from "zod";
import { CodedError } from "../domain/error.ts";

/**
 * Every refusal of the API with its status and title. Codes are stable: clients switch on them.
 * @see RFC 9457
 */
const problems = {
  "invalid-request": { status: 400, title: "The request is malformed" },
  "invalid-cursor": { status: 400, title: "The cursor is not one of ours" },
  unauthenticated: { status: 401, title: "A token is needed" },
  "unsafe-origin": { status: 403, title: "The request did not come from our own page" },
  "forbidden-role": { status: 403, title: "This token's role may not do that" },
  "own-request": { status: 403, title: "Nobody approves their own request" },
  "not-found": { status: 404, title: "There is nothing here" },
  "unknown-person": { status: 404, title: "No source announced this person" },
  "unknown-target": { status: 404, title: "No such target is configured" },
  "method-not-allowed": { status: 405, title: "This path does not take that method" },
  "ambiguous-person": { status: 409, title: "Several people have this name" },
  "already-ended": { status: 409, title: "The case has ended" },
  "not-awaiting-approval": { status: 409, title: "The case does not await approval" },
  "already-approved": { status: 409, title: "This approver has approved already" },
  "person-active-again": { status: 409, title: "The person is active again" },
  "already-answered": { status: 409, title: "The question is answered" },
  "still-works": { status: 409, title: "It still works" },
  "cannot-seal": { status: 409, title: "Values cannot be sealed here" },
  "not-paused": { status: 409, title: "The case is not paused" },
  "account-linked": { status: 409, title: "The account is linked to someone else" },
  "person-exists": { status: 409, title: "The person exists already" },
  "too-many-tokens": { status: 409, title: "Two live tokens have this name" },
  "last-admin": { status: 409, title: "The last administrator cannot be removed" },
  "body-erased": { status: 410, title: "The content was erased" },
  "plan-changed": { status: 412, title: "The plan is not the one that was read" },
  "too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "Send application/json" },
  "precondition-required": { status: 428, title: "Name the plan that was read" },
  "too-many-streams": { status: 503, title: "Too many event streams are open" },
  unavailable: { status: 503, title: "The database does not answer" },
  internal: { status: 500, title: "The request failed" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

export interface FieldError {
  /** Path in the body, the query or the path: `at`, `person.userName`. */
  field: string;
  message: string;
}

/** A refusal. Its message reaches the client: it names fields and states, never another person's data. */
export class Problem extends CodedError<ProblemCode> {
  override readonly name = "Problem";
  readonly errors: readonly FieldError[];

  constructor(code: ProblemCode, detail: string, options: { errors?: readonly FieldError[]; cause?: unknown } = {}) {
    super(code, detail, { cause: options.cause });
    this.errors = options.errors ?? [];
  }

  get status(): number {
    return problems[this.code].status;
  }

  get title(): string {
    return problems[this.code].title;
  }
}

export const problemCodes = Object.keys(problems) as readonly ProblemCode[];

export function statusOf(code: ProblemCode): number {
  return problems[code].status;
}

/** The one refusal for a thing that is missing and for one that the reader may not see (T21). */
export function notFound(): Problem {
  return new Problem("not-found", "There is nothing at this address, or this token may not see it.");
}

/** A zod failure as the fields that were wrong. */
export function invalidRequest(error: z.ZodError, part: string): Problem {
  const errors = error.issues.flatMap((issue): FieldError[] => {
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        field: [path, key].filter(Boolean).join("."),
        message: "is not a known field",
      }));
    return [{ field: path === "" ? part : path, message: issue.message }];
  });
  const named = [...new Set(errors.map((error) => error.field))].slice(0, 10).join(", ");
  return new Problem("invalid-request", `Check ${named}.`, { errors: errors.slice(0, 50) });
}

export function sendProblem(req: Request, res: Response, problem: Problem): void {
  if (problem.code === "unauthenticated") res.set("www-authenticate", 'Bearer realm="lastday"');
  if (problem.status === 503) res.set("retry-after", "2");
  res.set("cache-control", "no-store");
  res
    .status(problem.status)
    .type("application/problem+json")
    .send(
      JSON.stringify({
        type: `https://lastday.dev/problems/${problem.code}`,
        title: problem.title,
        status: problem.status,
        code: problem.code,
        detail: problem.message,
        ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
        requestId: requestIdOf(res),
      }),
    );
}

export function requestIdOf(res: Response): string {
  return String(res.getHeader("x-request-id") ?? "");
}

/** PostgreSQL and pool failures that time heals: the client may repeat. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const unavailableCodes = /^(08|53|57P0|40001|40P01|55P03|57014)/;

/** Any thrown thing as a problem; what is not ours becomes a generic text, because internals must not leak (T50). */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof Error) {
    const { type, status, code } = thrown as Error & { type?: unknown; status?: unknown; code?: unknown };
    if (type === "entity.too.large")
      return new Problem("too-large", "The body is larger than allowed.", { cause: thrown });
    if (type === "entity.parse.failed")
      return new Problem("invalid-request", "The body is not valid JSON.", { cause: thrown });
    if (typeof status === "number" && status >= 400 && status < 500)
      return new Problem("invalid-request", "The request could not be read.", { cause: thrown });
    const isUnavailable =
      (typeof code === "string" &&
        (unavailableCodes.test(code) || /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT)$/.test(code))) ||
      /timeout exceeded when trying to connect|Connection terminated|Query read timeout/.test(thrown.message);
    if (isUnavailable)
      return new Problem("unavailable", "Nothing was changed. Try again in a few seconds.", { cause: thrown });
  }
  return new Problem("internal", "Nothing more is known to the client; the log has it under this request id.", {
    cause: thrown,
  });
}
