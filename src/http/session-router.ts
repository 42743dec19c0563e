import { Router } from "express";
import type { Request, Response } from "express";
import { z } from "zod";
import { audit } from "../store/audit.ts";
import { findToken } from "../store/tokens.ts";
import type { AuthDeps } from "./authenticate.ts";
import { mediaTypeOf, readFormFields, readJsonBody } from "./body.ts";
import { requireOwnOrigin } from "./origin.ts";
import { invalidRequest, Problem } from "./problem.ts";

const sessionBody = z.object({ token: z.string().max(200), next: z.string().max(500).optional() });

/** Signing in to the page with a token, and out again. Takes JSON from scripts and the page's own forms. */
export function sessionRouter(
  deps: AuthDeps & { basePath: string },
  { refuse }: { refuse: (req: Request, res: Response, next: string) => void },
): Router {
  const router = Router();
  const { sessions, cookie, basePath, publicUrl } = deps;

  async function signIn(req: Request, res: Response): Promise<void> {
    requireOwnOrigin(req, publicUrl);
    const isForm = mediaTypeOf(req) === "application/x-www-form-urlencoded";
    const parsed = sessionBody.safeParse(
      isForm ? Object.fromEntries(await readFormFields(req)) : await readJsonBody(req),
    );
    if (!parsed.success) throw invalidRequest(parsed.error, "body");
    const next = ownPath(parsed.data.next, basePath);
    const token = await findToken(deps.pool, parsed.data.token.trim(), "api");
    if (token === null) {
      if (isForm) refuse(req, res, next);
      else throw new Problem("unauthenticated", "This token is not valid, or it was revoked.");
      return;
    }
    const former = cookie.read(req);
    if (former !== null) sessions.close(former);
    await audit(deps.pool, { actor: `token:${token.name}`, action: "session.opened", data: { tokenId: token.id } });
    cookie.set(res, sessions.open(token.id));
    res.set("cache-control", "no-store");
    if (isForm) res.redirect(303, next);
    else res.status(204).end();
  }

  function signOut(req: Request, res: Response): void {
    const secret = cookie.read(req);
    if (secret !== null) {
      requireOwnOrigin(req, publicUrl);
      sessions.close(secret);
    }
    cookie.clear(res);
    res.set("cache-control", "no-store");
  }

  router.post("/session", (req: Request, res: Response) => signIn(req, res));
  router.delete("/session", (req, res) => {
    signOut(req, res);
    res.status(204).end();
  });
  router.post("/session/end", (req, res) => {
    signOut(req, res);
    res.redirect(303, `${basePath}/`);
  });
  return router;
}

/** A path of ours to go to, never another site: one slash, then no second slash or backslash. */
export function ownPath(path: string | undefined, basePath: string): string {
  const isOurs = path !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && path.startsWith(`${basePath}/`);
  return isOurs ? path : `${basePath}/`;
}
