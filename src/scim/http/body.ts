import express from "express";
import type { RequestHandler } from "express";
import { ScimError } from "../error.ts";

/** Largest request in bytes. @see trust rule 12 */
const maxBytes = 256 * 1024;

/**
 * Reads the body as bytes, after authentication. Compressed bodies are refused: what they unfold to has no limit we
 * could know beforehand (trust T17).
 */
export const readBody: readonly RequestHandler[] = [
  (req, _res, next) => {
    requireJson(req.headers["content-type"]);
    next();
  },
  express.raw({ type: () => true, limit: maxBytes, inflate: false }),
];

/** @see RFC 7644 section 3.1: application/scim+json is preferred, application/json is accepted */
function requireJson(contentType: string | undefined): void {
  const [mediaType = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const isJson = ["application/scim+json", "application/json"].includes(mediaType.trim());
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith("charset"));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!isJson || !isUtf8) {
    throw new ScimError("unsupported-media-type", "The body must be application/scim+json or application/json, UTF-8");
  }
}
