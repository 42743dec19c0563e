import { Router } from "express";
import type { Request, Response } from "express";
import type { z } from "zod";
import { requireRole } from "./actor.ts";
import { authenticate } from "./authenticate.ts";
import type { AuthDeps } from "./authenticate.ts";
import { readJsonBody } from "./body.ts";
import type { Endpoint, Reply } from "./operation.ts";
import { invalidRequest, notFound, Problem } from "./problem.ts";

/**
 * Serves endpoints: authenticate, check the role, parse path, query and body, call, present. Nothing below `/api/v1`
 * answers before a token was seen, not even that a path does not exist.
 */
export function createApiRouter(endpoints: readonly Endpoint[], deps: AuthDeps): Router {
  const router = Router();
  const methods = new Map<string, string[]>();
  for (const entry of endpoints) {
    const path = expressPath(entry.operation.path);
    methods.set(path, [...(methods.get(path) ?? []), entry.operation.method]);
    router[entry.operation.method](path, (req: Request, res: Response) => serve(entry, req, res, deps));
  }
  for (const [path, known] of methods) {
    const allow = [...known, ...(known.includes("get") ? ["head"] : [])].join(", ").toUpperCase();
    router.all(path, (req, res) => refuseMethod(req, res, allow, deps));
  }
  router.use((req) => refuseUnknown(req, deps));
  return router;
}

async function refuseMethod(req: Request, res: Response, allow: string, deps: AuthDeps): Promise<never> {
  await authenticate(req, deps);
  res.set("allow", allow);
  throw new Problem("method-not-allowed", `This path takes ${allow}.`);
}

async function refuseUnknown(req: Request, deps: AuthDeps): Promise<never> {
  await authenticate(req, deps);
  throw notFound();
}

async function serve(entry: Endpoint, req: Request, res: Response, deps: AuthDeps): Promise<void> {
  const { operation } = entry;
  const actor = await authenticate(req, deps);
  requireRole(actor, operation.role);
  const params = parsePart(operation.params, req.params, "path", notFound);
  const query = parsePart(operation.query, { ...req.query }, "query");
  const body =
    operation.body === undefined ? undefined : parsePart(operation.body, (await readJsonBody(req)) ?? {}, "body");
  if (operation.query === undefined && Object.keys(req.query).length > 0)
    throw new Problem("invalid-request", "This path takes no query.", {
      errors: Object.keys(req.query).map((field) => ({ field, message: "is not a known field" })),
    });
  res.set("cache-control", "no-store");
  present(await entry.handle({ params, query, body, actor, req, res }), operation.success.status, res);
}

function parsePart(schema: z.ZodType | undefined, value: unknown, part: string, refuse?: () => Problem): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuse?.() ?? invalidRequest(parsed.error, part);
}

function present(reply: Reply, status: number, res: Response): void {
  if ("sent" in reply) return;
  if ("empty" in reply) {
    res.status(204).end();
  } else if ("json" in reply) {
    if (reply.location !== undefined) res.location(reply.location);
    res.status(reply.status ?? status).json(reply.json);
  } else {
    res
      .set(reply.headers ?? {})
      .status(status)
      .type(reply.type)
      .send(reply.bytes);
  }
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
