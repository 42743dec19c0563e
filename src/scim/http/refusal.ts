import type { ErrorRequestHandler } from "express";
import { messageOf } from "../../domain/error.ts";
import type { Log } from "../../domain/ports.ts";
import { PeopleError } from "../../store/people/index.ts";
import { ScimError, presentError } from "../error.ts";
import { send } from "./send.ts";

/** Presents whatever went wrong as a SCIM error; what is not ours to tell becomes a plain 500. */
export function createErrorHandler(log: Log): ErrorRequestHandler {
  return (thrown: unknown, _req, res, next) => {
    const error = refusalOf(thrown);
    if (error.status >= 500) log.error("scim request failed", { code: error.code, reason: messageOf(thrown) });
    if (res.headersSent) {
      next(thrown);
      return;
    }
    if (error.code === "unauthorized") res.set("WWW-Authenticate", 'Bearer realm="lastday"'); // RFC 6750 section 3
    if (error.code === "unavailable") res.set("Retry-After", "5"); // seconds: Okta reads no dates
    send(res, error.status, JSON.stringify(presentError(error)));
  };
}

function refusalOf(thrown: unknown): ScimError {
  if (thrown instanceof ScimError) return thrown;
  if (thrown instanceof PeopleError) {
    return thrown.code === "user-name-taken"
      ? new ScimError("uniqueness", "Another user has this userName", { cause: thrown })
      : new ScimError("unavailable", "The service cannot answer now; try again", { cause: thrown });
  }
  return refusalOfExpress(thrown) ?? new ScimError("internal", "Something went wrong on our side", { cause: thrown });
}

/** Errors of the body reader and of the router carry a status and, mostly, a type. */
function refusalOfExpress(thrown: unknown): ScimError | null {
  if (!(thrown instanceof Error)) return null;
  const { status, type } = thrown as { status?: unknown; type?: unknown };
  if (type === "entity.too.large") return new ScimError("too-large", "The request body is too large");
  if (type === "encoding.unsupported") {
    return new ScimError("unsupported-media-type", "Compressed request bodies are not accepted");
  }
  // An identifier whose percent encoding is broken names nothing.
  if (thrown instanceof URIError) return new ScimError("not-found", "There is no such resource");
  const isClientsFault = typeof status === "number" && status >= 400 && status < 500;
  return isClientsFault ? new ScimError("invalidSyntax", "The request could not be read") : null;
}
