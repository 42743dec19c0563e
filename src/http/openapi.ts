import { z } from "zod";
import type { Operation } from "./operation.ts";
import { problemCodes, statusOf } from "./problem.ts";
import type { ProblemCode } from "./problem.ts";

/** Refusals that every endpoint can have. */
const common = [
  "invalid-request",
  "unauthenticated",
  "forbidden-role",
  "not-found",
  "internal",
  "unavailable",
] as const;
/** And those of an endpoint that changes something. */
const ofChanges = ["unsafe-origin", "too-large", "unsupported-media-type"] as const;

export const problemView = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(problemCodes as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
    requestId: z.string(),
  })
  .meta({ id: "Problem", description: "A refusal (RFC 9457)" });

const tags = {
  cases: "The endings of access: looking, starting, deciding",
  certificates: "Signed statements over cases",
  previews: "What offboarding somebody would find",
  people: "People by name, and their confirmed accounts",
  questions: "What only a person can decide",
  targets: "The connected systems",
  tokens: "Who may call",
  audit: "Who did what, and the event stream",
} as const;

/**
 * The description that `zod-openapi` turns into `docs/api/openapi.json` (tools/check-openapi.ts). What the API serves is
 * that committed file, so what a client reads is what was reviewed.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function describeApi(operations: readonly Operation[]) {
  return {
    openapi: "3.1.1" as const,
    info: {
      title: "Lastday",
      version: "1",
      description: "Ends every credential a leaver holds, proves each one dead, and signs a certificate.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }, { session: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: pathsOf(operations),
    components: {
      securitySchemes: {
        token: { type: "http" as const, scheme: "bearer", description: "An API token" },
        session: { type: "apiKey" as const, in: "cookie" as const, name: "lastday", description: "The page's session" },
      },
    },
  };
}

function pathsOf(operations: readonly Operation[]): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = describe(operation);
  return paths;
}

function describe(operation: Operation): Record<string, unknown> {
  const { success, params, query, headers, body } = operation;
  const role = `Needs the role ${operation.role}.`;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: operation.description === undefined ? role : `${operation.description} ${role}`,
    requestParams: {
      ...(params === undefined ? {} : { path: params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { header: headers }),
    },
    ...(body === undefined ? {} : { requestBody: { content: { "application/json": { schema: body } } } }),
    responses: {
      [success.status]: {
        description: success.description,
        ...(success.schema === undefined && success.contentType === undefined
          ? {}
          : { content: { [success.contentType ?? "application/json"]: { schema: success.schema ?? {} } } }),
      },
      ...refusalsOf(operation),
    },
  };
}

/** Statuses with the codes that come under each. */
function refusalsOf({ method, problems = [] }: Operation): Record<string, unknown> {
  const codes: readonly ProblemCode[] = [...common, ...(method === "get" ? [] : ofChanges), ...problems];
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, named]) => [
      status,
      {
        description: named.map((code) => `\`${code}\``).join(", "),
        content: { "application/problem+json": { schema: problemView } },
      },
    ]),
  );
}
