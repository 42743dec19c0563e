import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { githubApi } from "./github-api.ts";

/** Something a caller, or the fake itself, did that GitHub's description does not know. */
export interface Violation {
  readonly what: "route" | "method" | "query" | "body" | "answer";
  readonly method: string;
  readonly path: string;
  /** The name that is not described, or what does not fit. */
  readonly detail: string;
}

export interface Operation {
  /** Method and path template, such as `GET /orgs/{org}/members`. */
  readonly name: string;
  readonly docs: string;
  /** Whether GitHub Apps may use it with an installation token or as themselves. */
  readonly forApps: boolean;
  readonly query: Readonly<Record<string, Schema>>;
  readonly body?: { readonly required: boolean; readonly schema: Schema };
  readonly answers: Readonly<Record<string, Schema | null>>;
}

export type Schema = Readonly<Record<string, unknown>>;

export interface Route {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

interface Description {
  readonly operations: Readonly<Record<string, Omit<Operation, "name">>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

const described = githubApi as Description;
const ajv = new Ajv({
  strict: false,
  coerceTypes: false,
  formats: { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, uri: /^https?:\/\/\S+$/, email: /^\S+@\S+$/ },
  schemas: [{ $id: "github", schemas: described.schemas }],
  logger: false, // it warns about formats that are only for people, such as int64
});
const compiled = new Map<Schema, ValidateFunction>();

export const operations: readonly Operation[] = Object.entries(described.operations).map(([name, one]) => ({
  ...one,
  name,
}));

const routes = operations.map((operation) => {
  const [method = "", template = ""] = operation.name.split(" ");
  return { operation, method, segments: template.split("/").slice(1) };
});

/** The operation that a call names. Where a fixed word and a parameter both fit, the word wins. */
export function routeOf(method: string, path: string): Route | "route" | "method" {
  const sought = path.split("/").slice(1).map(decoded);
  const here = routes
    .filter(({ segments }) => segments.length === sought.length)
    .filter(({ segments }) => segments.every((one, at) => isParameter(one) || one === sought[at]))
    .sort((a, b) => a.segments.filter(isParameter).length - b.segments.filter(isParameter).length);
  if (here.length === 0) return "route";
  const found = here.find((one) => one.method === method);
  if (found === undefined) return "method";
  const params = found.segments.flatMap((one, at) => (isParameter(one) ? [[one.slice(1, -1), sought[at] ?? ""]] : []));
  return { operation: found.operation, params: Object.fromEntries(params) as Record<string, string> };
}

/** What is wrong with a query: names that are not described, values that do not fit. */
export function faultsInQuery({ query }: Operation, given: URLSearchParams): string[] {
  return [...new Set(given.keys())].flatMap((sent) => {
    const schema = query[sent] ?? query[sent.replace(/\[\]$/, "")];
    if (schema === undefined) return [sent];
    const isList = schema.type === "array";
    if (!isList && sent.endsWith("[]")) return [sent];
    const values = given.getAll(sent).map((value) => (schema.type === "integer" ? asInteger(value) : value));
    return fits(schema, isList ? values : values[0]) === null ? [] : [sent];
  });
}

/** What is wrong with a body, in the words GitHub uses; null when nothing is. */
export function faultInBody({ body }: Operation, value: unknown): string | null {
  if (body === undefined) return value === undefined ? null : "no body is described";
  if (value === undefined) return body.required ? "a body is required" : null;
  const known = propertiesOf(body.schema);
  const stray = Object.keys(value as object).filter((name) => known !== null && !known.has(name));
  if (stray.length > 0) return stray.map((name) => `"${name}" is not a permitted key.`).join("\n");
  return fits(body.schema, value);
}

/** What is wrong with an answer of the fake; null when nothing is. Refusals are free in their status, not in their form. */
export function faultInAnswer({ answers }: Operation, status: number, value: unknown): string | null {
  const schema = answers[String(status)];
  if (schema === undefined) {
    if (status < 400) return `status ${status} is not described`;
    return fits({ $ref: "#/schemas/basic-error" }, value);
  }
  if (schema === null) return value === undefined || status >= 400 ? null : "no body is described";
  return fits(schema, value);
}

function fits(schema: Schema, value: unknown): string | null {
  const validate = compiled.get(schema) ?? ajv.compile(JSON.parse(absolute(schema)) as Schema);
  compiled.set(schema, validate);
  return validate(value) ? null : (validate.errors ?? []).map(worded).join("\n");
}

/** References point into the description, whose schemas are added once. */
function absolute(schema: Schema): string {
  return JSON.stringify(schema).replaceAll('"$ref":"#/schemas/', '"$ref":"github#/schemas/');
}

function worded({ keyword, params, message = "", instancePath }: ErrorObject): string {
  if (keyword === "required") return `"${String(params["missingProperty"])}" wasn't supplied.`;
  return `${instancePath === "" ? "The value" : instancePath} ${message}.`;
}

/** The names that a body may have; null when it may have any. */
function propertiesOf(schema: Schema): Set<string> | null {
  const node = referred(schema);
  const parts = ["allOf", "anyOf", "oneOf"].flatMap((key) => (node[key] ?? []) as Schema[]);
  const own = node["properties"] === undefined ? [] : Object.keys(node["properties"] as object);
  if (own.length === 0 && parts.length === 0) return null;
  return new Set([...own, ...parts.flatMap((part) => [...(propertiesOf(part) ?? [])])]);
}

function referred(schema: Schema): Schema {
  const ref = schema["$ref"];
  return typeof ref === "string" ? referred(described.schemas[ref.replace("#/schemas/", "")] ?? {}) : schema;
}

function isParameter(segment: string): boolean {
  return segment.startsWith("{");
}

function asInteger(value: string): unknown {
  return /^\d+$/.test(value) ? Number(value) : value;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
