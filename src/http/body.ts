import type { Request } from "express";
import { ScimError } from "../scim/error.ts";
import { isArray, isObject, parseJson } from "../scim/json.ts";
import type { Json } from "../scim/json.ts";
import { Problem } from "./problem.ts";

/** Bytes of one request body (trust rule 12). */
const maxBodyBytes = 256 * 1024;
const maxFormBytes = 16 * 1024;

/**
 * Reads and parses a JSON body: capped while it arrives, depth and keys limited, duplicate keys refused. Called after
 * authentication, so that nobody unknown makes us parse anything. An absent body is `undefined`.
 *
 * @throws {Problem} `too-large`, `unsupported-media-type`, `invalid-request`.
 */
export async function readJsonBody(req: Request): Promise<unknown> {
  const bytes = await readBody(req, maxBodyBytes);
  if (bytes.length === 0) return undefined;
  const mediaType = mediaTypeOf(req);
  if (mediaType !== "application/json")
    throw new Problem("unsupported-media-type", "Send the body as application/json.");
  try {
    return plain(parseJson(bytes));
  } catch (cause) {
    if (cause instanceof ScimError) throw new Problem("invalid-request", `${cause.message}.`, { cause });
    throw cause;
  }
}

/** The fields of a form; an absent body has none. */
export async function readFormFields(req: Request): Promise<URLSearchParams> {
  const bytes = await readBody(req, maxFormBytes);
  if (bytes.length > 0 && mediaTypeOf(req) !== "application/x-www-form-urlencoded")
    throw new Problem("unsupported-media-type", "Send the form as application/x-www-form-urlencoded.");
  return new URLSearchParams(bytes.toString("utf8"));
}

export function mediaTypeOf(req: Request): string {
  return (req.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

async function readBody(req: Request, maxBytes: number): Promise<Buffer> {
  if (req.headers["content-encoding"] !== undefined && req.headers["content-encoding"] !== "identity")
    throw new Problem("unsupported-media-type", "Send the body without content encoding.");
  if (Number(req.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): Problem {
  return new Problem("too-large", `The body may have ${maxBytes} bytes.`);
}

/** Maps as objects without a prototype, for schemas to check. */
function plain(value: Json): unknown {
  if (isObject(value)) {
    const object = Object.create(null) as Record<string, unknown>;
    for (const [key, member] of value) object[key] = plain(member);
    return object;
  }
  return isArray(value) ? value.map(plain) : value;
}
