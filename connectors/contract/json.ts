import type { z } from "zod";
import type { TransportFailure } from "./transport-failure.ts";

export type Parsed<T> = { ok: true; value: T } | ({ ok: false } & TransportFailure);

/**
 * Reads a target's JSON through its schema. Messages name the place and never quote the answer: neither `JSON.parse`'s
 * nor anybody else's words about the text are passed on, since they may quote a secret.
 */
export function parseJson<T>(bytes: Buffer, contentType: string | undefined, schema: z.ZodType<T>): Parsed<T> {
  if (bytes.length === 0) return invalid("the answer is empty where JSON is expected");
  if (!/^application\/([\w.-]+\+)?json\b/i.test(contentType?.trim() ?? "")) return invalid("the answer is not JSON");
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return invalid("the answer claims to be JSON and is not");
  }
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const places = result.error.issues.slice(0, 3).map(({ path, code }) => `${["$", ...path].join(".")} (${code})`);
  return invalid(`the answer has another shape than documented at ${places.join(", ")}`);
}

function invalid(what: string): Parsed<never> {
  return { ok: false, code: "invalid-response", what };
}
