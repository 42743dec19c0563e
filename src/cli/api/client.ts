import { z } from "zod";
import { CliError } from "../exit.ts";

const callTimeoutMs = 20_000;

/** @see RFC 9457 */
const problemDetails = z.object({
  title: z.string(),
  status: z.int(),
  code: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
  requestId: z.string().optional(),
});

export type ProblemDetails = z.output<typeof problemDetails>;

/** The API said no, and why. */
export class ApiError extends CliError {
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails) {
    const fields = problem.errors.map(({ field, message }) => `\n  ${field}: ${message}`).join("");
    const { title, detail } = problem;
    const isRepeated = detail?.startsWith(title) ?? false;
    super("refused", `${detail === undefined ? title : isRepeated ? detail : `${title}. ${detail}`}${fields}`);
    this.problem = problem;
  }
}

export interface ApiCall<Answer> {
  method?: "GET" | "POST" | "DELETE";
  /** Below `/api/v1`; with `root`, from the server's root. */
  path: string;
  root?: boolean;
  /** Statuses beside 2xx that carry the answer too. */
  accept?: readonly number[];
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
  answer: z.ZodType<Answer>;
}

/** One method, one call, one answer of a known shape; everything else is a `CliError` that says what to do. */
export class ApiClient {
  readonly base: URL;
  readonly #token: string;

  constructor({ base, token }: { base: URL; token: string }) {
    this.base = base;
    this.#token = token;
  }

  /** @throws {ApiError} with the server's reason; {CliError} `no-server` when nothing answers there. */
  async call<Answer>(call: ApiCall<Answer>): Promise<Answer> {
    const { method = "GET", path, accept = [], answer } = call;
    const reply = await this.#send(call);
    const text = await reply.text();
    const json = text === "" ? undefined : parseJson(text);
    if (!reply.ok && !accept.includes(reply.status)) throw refusal(reply, json);
    const parsed = answer.safeParse(json);
    if (!parsed.success)
      throw this.#stranger(`${method} ${path} answered ${reply.status} in a form this version does not know`);
    return parsed.data;
  }

  /** The bytes of a file, as they are. */
  async download(path: string, { root = false } = {}): Promise<Buffer> {
    const reply = await this.#send({ path, root });
    const bytes = Buffer.from(await reply.arrayBuffer());
    if (!reply.ok) throw refusal(reply, parseJson(bytes.toString("utf8")));
    return bytes;
  }

  async #send({
    method = "GET",
    path,
    root = false,
    query = {},
    body,
  }: Omit<ApiCall<unknown>, "answer">): Promise<Response> {
    const base = this.base.pathname.replace(/\/+$/, "");
    const url = new URL(`${base}${root ? "" : "/api/v1"}${path}`, this.base);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    try {
      return await fetch(url, {
        method,
        redirect: "error",
        signal: AbortSignal.timeout(callTimeoutMs),
        headers: {
          accept: "application/json, application/problem+json",
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  /** `fetch` fails with a generic error whose cause is the one that tells. */
  #unreachable(error: unknown): CliError {
    const { name, cause = error } = error as { name?: unknown; cause?: unknown };
    const { code, message } = cause as { code?: unknown; message?: unknown };
    const words = typeof code === "string" ? code : typeof message === "string" ? message : "no connection";
    const why =
      name === "TimeoutError" ? "no answer within 20 s" : code === "ECONNREFUSED" ? "nothing listens there" : words;
    return new CliError("no-server", `No Lastday server answers at ${this.base.href} (${why})`, {
      fix: "Start one with lastday start, or name another with --url or LASTDAY_URL.",
      cause: error,
    });
  }

  #stranger(what: string): CliError {
    return new CliError("no-server", `${what} (at ${this.base.href})`, {
      fix: "Check that this is a Lastday server of the same version.",
    });
  }
}

function refusal(reply: Response, json: unknown): CliError {
  const parsed = problemDetails.safeParse(json);
  if (parsed.success) return new ApiError(parsed.data);
  return new CliError("refused", `The server answered ${reply.status} ${reply.statusText}`.trim());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
