import type { Request } from "express";
import type pg from "pg";
import { findToken, liveToken } from "../store/tokens.ts";
import type { TokenRecord } from "../store/tokens.ts";
import type { Actor } from "./actor.ts";
import type { SessionCookie } from "./cookie.ts";
import { requireOwnOrigin } from "./origin.ts";
import { Problem } from "./problem.ts";
import type { Sessions } from "./sessions.ts";

export interface AuthDeps {
  pool: pg.Pool;
  publicUrl: string;
  sessions: Sessions;
  cookie: SessionCookie;
}

/** Who sends this request, or null: a bearer token, else the page's session. */
export async function findActor(req: Request, deps: AuthDeps): Promise<Actor | null> {
  const bearer = bearerOf(req);
  if (bearer !== null) return actorOf(await findToken(deps.pool, bearer, "api"), "bearer");
  const secret = deps.cookie.read(req);
  const tokenId = secret === null ? null : deps.sessions.find(secret);
  return tokenId === null ? null : actorOf(await liveToken(deps.pool, tokenId), "session");
}

/**
 * @throws {Problem} `unauthenticated`; `unsafe-origin` when a session's cookie came with a change that our own page did
 *   not send.
 */
export async function authenticate(req: Request, deps: AuthDeps): Promise<Actor> {
  const actor = await findActor(req, deps);
  if (actor === null)
    throw new Problem("unauthenticated", "Send `Authorization: Bearer <token>`, or sign in on the page.");
  if (actor.via === "session" && req.method !== "GET" && req.method !== "HEAD") requireOwnOrigin(req, deps.publicUrl);
  return actor;
}

/** @see RFC 6750 section 2.1; the scheme's name is case-insensitive (RFC 9110 section 11.1). */
function bearerOf(req: Request): string | null {
  const header = req.headers.authorization;
  if (header === undefined) return null;
  return /^bearer +(\S{1,200})$/i.exec(header)?.[1] ?? "";
}

function actorOf(token: TokenRecord | null, via: Actor["via"]): Actor | null {
  if (token === null || token.role === null) return null;
  return { tokenId: token.id, name: token.name, role: token.role, label: `token:${token.name}`, via };
}
