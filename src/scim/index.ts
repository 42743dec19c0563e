import { Router } from "express";
import type { Request, RequestHandler, Response } from "express";
import type { Log } from "../domain/ports.ts";
import type { People } from "../store/people/index.ts";
import { ScimError } from "./error.ts";
import type { Authenticate, ScimSource } from "./http/authenticate.ts";
import { requireSource } from "./http/authenticate.ts";
import { readBody } from "./http/body.ts";
import { createDiscoveryHandlers } from "./http/discovery.ts";
import type { Handler } from "./http/message.ts";
import { readQuery } from "./http/query.ts";
import { createErrorHandler } from "./http/refusal.ts";
import { send } from "./http/send.ts";
import { createUserHandlers } from "./http/users.ts";
import { toPlain } from "./json.ts";
import { userType } from "./schema/user.ts";

export { createAuthenticator } from "./http/authenticate.ts";

export interface ScimDeps {
  readonly people: People;
  readonly authenticate: Authenticate;
  /** Where clients reach this router, without a trailing slash: `https://lastday.example/scim/v2`. */
  readonly baseUrl: string;
  readonly log: Log;
}

/**
 * The SCIM 2.0 server, to be mounted at `/scim/v2`. It authenticates before it reads a body, and answers everything
 * below its mount point itself, in SCIM's own form.
 * @see RFC 7644
 */
export function createScimRouter({ people, authenticate, baseUrl, log }: ScimDeps): Router {
  const users = createUserHandlers({ people, baseUrl, log });
  const discovery = createDiscoveryHandlers([userType], baseUrl);
  const router = Router();

  router.use(untangleEntraFlag);
  router.use(identifySource(authenticate));

  const body = [...readBody];
  router.get("/Users", run(users.list));
  router.post("/Users", body, run(users.create));
  router.all("/Users", refuseMethod("GET, HEAD, POST"));
  router.get("/Users/:id", run(users.read));
  router.put("/Users/:id", body, run(users.replace));
  router.patch("/Users/:id", body, run(users.patch));
  router.delete("/Users/:id", run(users.remove));
  router.all("/Users/:id", refuseMethod("GET, HEAD, PUT, PATCH, DELETE"));

  const readable: readonly (readonly [string, Handler])[] = [
    ["/ServiceProviderConfig", discovery.serviceProviderConfig],
    ["/serviceConfiguration", discovery.serviceProviderConfig], // the name in Microsoft's own collection
    ["/Schemas", discovery.schemas],
    ["/Schemas/:id", discovery.schema],
    ["/ResourceTypes", discovery.resourceTypes],
    ["/ResourceTypes/:id", discovery.resourceType],
  ];
  for (const [path, handler] of readable) {
    router.get(path, run(handler));
    router.all(path, refuseMethod("GET, HEAD"));
  }

  router.use(() => {
    throw new ScimError("not-found", "There is no such endpoint");
  });
  router.use(createErrorHandler(log));
  return router;
}

/**
 * Entra's feature flag is part of the tenant URL, `/scim/v2?aadOptscim062020`. A client that appends its path to that
 * text asks for `/scim/v2?aadOptscim062020/Users`; the path is put back where it belongs.
 */
const untangleEntraFlag: RequestHandler = (req, _res, next) => {
  req.url = req.url.replace(/^\/?\?aadOptscim062020(?=\/)/i, "");
  next();
};

function identifySource(authenticate: Authenticate): RequestHandler {
  return async (req, res, next) => {
    res.locals["scimSource"] = await requireSource(req.headers.authorization, authenticate);
    next();
  };
}

function run(handler: Handler): (req: Request, res: Response) => Promise<void> {
  return async (req, res) => {
    const bytes: unknown = req.body;
    const { status, body, etag, location } = await handler({
      source: res.locals["scimSource"] as ScimSource,
      id: typeof req.params["id"] === "string" ? req.params["id"] : "",
      query: readQuery(req.url),
      ifMatch: req.headers["if-match"],
      ifNoneMatch: req.headers["if-none-match"],
      body: bytes instanceof Uint8Array ? bytes : new Uint8Array(),
      mediaType: req.headers["content-type"] ?? "application/scim+json",
    });
    if (etag !== undefined) res.set("ETag", etag);
    if (location !== undefined) res.set("Location", location);
    send(res, status, body === null ? null : JSON.stringify(toPlain(body)));
  };
}

function refuseMethod(allow: string): RequestHandler {
  return (_req, res) => {
    res.set("Allow", allow);
    throw new ScimError("method-not-allowed", "This endpoint does not take that method");
  };
}
