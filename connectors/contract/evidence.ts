import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { z } from "zod";
import type { RecordedExchange } from "./host.ts";
import type { Redactor } from "./redactor.ts";
import { Secret } from "./secret.ts";

/** One exchange as the host saw it, before it is reduced to evidence. */
export interface Exchange {
  operation: string;
  method: string;
  template: string;
  status: number | null;
  requestId: string | null;
  at: Date;
  write: boolean;
  /** The answer as its schema read it: only the fields that the schema names. */
  body: unknown;
  secretFields: readonly string[];
}

/** Canonical bytes of an exchange (RFC 8785) and their SHA-256. Secrets are replaced before anything is hashed. */
export function evidenceOf(exchange: Exchange, redactor: Redactor): RecordedExchange {
  const { operation, method, template, status, requestId, at, write } = exchange;
  const plain: unknown = JSON.parse(JSON.stringify(exchange.body ?? null));
  for (const field of exchange.secretFields) replaceAt(plain, field.split("."), () => "[redacted]");
  const record = { operation, method, template, status, requestId, at: at.toISOString(), body: plain };
  const bytes = Buffer.from(canonicalize(redactor.redact(record)) ?? "null", "utf8");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { operation, bytes, sha256, mediaType: "application/json", requestId, status, at, write };
}

/** Tells the redactor every secret of an answer: each `Secret` its schema made, and each value at a secret field. */
export function registerSecrets(body: unknown, secretFields: readonly string[], redactor: Redactor): void {
  if (body instanceof Secret) return redactor.registerSeen(body);
  if (typeof body !== "object" || body === null) return;
  for (const part of Object.values(body)) registerSecrets(part, [], redactor);
  for (const field of secretFields) {
    replaceAt(body, field.split("."), (value) => {
      if (typeof value === "string" || value instanceof Secret) redactor.registerSeen(value);
      return value;
    });
  }
}

/** Applies `change` to each value at a dotted path; `*` stands for every element of an array. */
function replaceAt(value: unknown, path: readonly string[], change: (value: unknown) => unknown): void {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== "object" || value === null) return;
  const keys = step === "*" ? Object.keys(value) : [step];
  for (const key of keys) {
    if (!Object.hasOwn(value, key)) continue;
    const inner: unknown = Reflect.get(value, key);
    if (rest.length === 0) Reflect.set(value, key, change(inner));
    else replaceAt(inner, rest, change);
  }
}

const checked = new WeakSet<z.ZodType>();

/**
 * Evidence is an allow-list, so a schema that lets unnamed fields through is the connector's bug.
 * @throws {TypeError} naming the part of the schema that is open.
 */
export function requireClosedSchema(schema: z.ZodType): void {
  if (checked.has(schema)) return;
  const open = openPartOf(schema as unknown as Node, "$", new Set());
  if (open !== null) throw new TypeError(`the schema of a target's answer must name every field; ${open} is open`);
  checked.add(schema);
}

/** As much of zod's definition tree as the walk needs: every part is a node or a list or record of nodes. */
interface Node {
  _zod: { def: { type: string; catchall?: Node; [part: string]: unknown } };
}

const openTypes = new Set(["any", "unknown", "record", "map", "custom"]);

function openPartOf(node: Node, path: string, onPath: ReadonlySet<Node>): string | null {
  if (onPath.has(node)) return null;
  const { def } = node._zod;
  if (openTypes.has(def.type)) return `${path} (${def.type})`;
  const inner = new Set([...onPath, node]);
  for (const [name, part] of Object.entries(def)) {
    if (name === "catchall" && isNode(part) && part._zod.def.type === "never") continue;
    for (const [key, child] of childrenOf(part)) {
      const open = openPartOf(child, key === "" ? path : `${path}.${key}`, inner);
      if (open !== null) return open;
    }
  }
  return null;
}

function childrenOf(part: unknown): readonly (readonly [string, Node])[] {
  if (isNode(part)) return [["", part]];
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).filter((entry): entry is [string, Node] => isNode(entry[1]));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "_zod" in value;
}
