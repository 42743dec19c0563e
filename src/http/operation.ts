import type { Request, Response } from "express";
import type { z } from "zod";
import type { TokenRole } from "../store/tokens.ts";
import type { Actor } from "./actor.ts";
import type { ProblemCode } from "./problem.ts";

/**
 * One endpoint of the API as data: its route, who may call it, what it takes and gives. The router, the check of roles
 * and `docs/api/openapi.json` all read it, so none of them can say something else.
 */
export interface Operation<Params = unknown, Query = unknown, Body = unknown> {
  /** `operationId`: stable, verb first. */
  id: string;
  method: "get" | "post" | "delete";
  /** Below `/api/v1`, with `{name}` for parameters. */
  path: string;
  summary: string;
  description?: string;
  tag: string;
  /** The least role that may call it. */
  role: TokenRole;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  headers?: z.ZodObject;
  success: { status: 200 | 201 | 202 | 204; description: string; schema?: z.ZodType; contentType?: string };
  /** Refusals of its own, besides those every endpoint has. */
  problems?: readonly ProblemCode[];
}

export interface Call<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  actor: Actor;
  req: Request;
  res: Response;
}

/** What a handler answers; the router writes it. `sent`: the handler wrote the response itself. */
export type Reply =
  | { json: unknown; status?: number; location?: string }
  | { bytes: string | Buffer; type: string; headers?: Readonly<Record<string, string>> }
  | { empty: true }
  | { sent: true };

export interface Endpoint {
  operation: Operation;
  handle(call: Call<unknown, unknown, unknown>): Promise<Reply>;
}

/** Ties an operation to its handler; inside, input has the type of its schemas. */
export function endpoint<Params, Query, Body>(
  operation: Operation<Params, Query, Body>,
  handle: (call: Call<Params, Query, Body>) => Promise<Reply>,
): Endpoint {
  return {
    operation,
    handle: async (call) => await handle(call as Call<Params, Query, Body>), // the router parsed them with these schemas
  };
}
