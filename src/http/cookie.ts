import type { Request, Response } from "express";
import { sessionLifetimeMs } from "./sessions.ts";

/**
 * The session cookie. Over https its name carries `__Host-`, which a browser accepts only with `Secure`, `Path=/` and no
 * domain, so that no neighbour can plant one. Over plain http (loopback) browsers refuse that prefix.
 * @see RFC 6265bis section 4.1.3.2
 */
export interface SessionCookie {
  read(req: Request): string | null;
  set(res: Response, secret: string): void;
  clear(res: Response): void;
}

export function createSessionCookie({ publicUrl }: { publicUrl: string }): SessionCookie {
  const isSecure = publicUrl.startsWith("https:");
  const name = isSecure ? "__Host-lastday" : "lastday";
  const options = { httpOnly: true, sameSite: "strict", secure: isSecure, path: "/" } as const;
  return {
    read: (req) => readCookie(req.headers.cookie, name),
    set: (res, secret) => void res.cookie(name, secret, { ...options, maxAge: sessionLifetimeMs }),
    clear: (res) => void res.clearCookie(name, options),
  };
}

/** The value of the first cookie with this name; null for anything that no session of ours could be. */
function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? "").split(";")) {
    const split = pair.indexOf("=");
    if (split === -1 || pair.slice(0, split).trim() !== name) continue;
    const value = pair.slice(split + 1).trim();
    return /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
  }
  return null;
}
