import type { Call } from "../../faults/index.ts";
import type { Args } from "./entities.ts";
import { refuse } from "./errors.ts";
import type { KindSpec } from "./kinds.ts";
import type { Json } from "./store.ts";

/** The fields of a write: JSON, or a form with `config.status_code=403`, `consumer.id=...` and `tags[]=a`. */
export function parseBody(call: Call, kind: KindSpec): Args {
  if (call.body.length === 0) return {};
  const type = call.headers["content-type"] ?? "";
  const text = call.body.toString("utf8");
  if (type.startsWith("application/x-www-form-urlencoded")) return fromForm(text, kind);
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Args;
  } catch {
    throw refuse.badBody();
  }
  throw refuse.badBody();
}

function fromForm(text: string, kind: KindSpec): Args {
  const args: Record<string, Json> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const [field = name, inner] = name.split(".", 2);
    if (name.endsWith("[]")) {
      const list = name.slice(0, -2);
      const before = args[list];
      args[list] = [...(Array.isArray(before) ? (before as Json[]) : []), value];
    } else if (inner === undefined) args[field] = kind.fields[field]?.type === "string" ? value : scalar(value);
    else args[field] = { ...(args[field] as object | undefined), [inner]: scalar(value) };
  }
  return args;
}

function scalar(value: string): Json {
  if (value === "true" || value === "false") return value === "true";
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}
