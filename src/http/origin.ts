import type { Request } from "express";
import { Problem } from "./problem.ts";

/**
 * Refuses a state-changing request that a browser sent for another site (T33). `SameSite=Strict` keeps the cookie away
 * from those already; this is the second lock, and the only one for signing in. A browser sends `Origin` with every
 * POST and DELETE, so its absence is refused too.
 *
 * @throws {Problem} `unsafe-origin`
 * @see https://fetch.spec.whatwg.org/#origin-header
 */
export function requireOwnOrigin(req: Request, publicUrl: string): void {
  const { origin, host } = req.headers;
  const isOwn = origin !== undefined && (origin === new URL(publicUrl).origin || hostOf(origin) === host);
  const site = req.headers["sec-fetch-site"];
  if (!isOwn || (site !== undefined && site !== "same-origin"))
    throw new Problem("unsafe-origin", "With a session, only our own page may send this. Scripts use a token.");
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
