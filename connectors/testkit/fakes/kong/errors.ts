import type { Reply } from "../../faults/index.ts";
import type { Json } from "./store.ts";

/** An answer other than success, thrown to the router. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(status: number, json: unknown) {
    super(`answered ${status}`);
    this.name = "Refusal";
    this.reply = { status, content: { json } };
  }
}

/**
 * Error bodies of the Admin API: `{ code, name, message, fields }`.
 *
 * Codes, names and messages: https://github.com/Kong/kong/blob/master/kong/db/errors.lua; statuses:
 * https://github.com/Kong/kong/blob/master/kong/api/endpoints.lua.
 */
export const refuse = {
  notFound: () => new Refusal(404, { message: "Not found" }),
  methodNotAllowed: () => new Refusal(405, { message: "Method not allowed" }),
  badBody: () => new Refusal(400, { message: "Cannot parse JSON body" }),

  schema(fields: Readonly<Record<string, string | readonly string[]>>): Refusal {
    const entries = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
    const lines = entries.flatMap(([field, text]) => (typeof text === "string" ? [`${field}: ${text}`] : text));
    const summary = lines.length === 1 ? "schema violation" : `${lines.length} schema violations`;
    const message = `${summary} (${lines.join("; ")})`;
    return new Refusal(400, { code: 2, name: "schema violation", message, fields });
  },
  primaryKey: (id: string) =>
    new Refusal(400, {
      code: 3,
      name: "primary key violation",
      message: `primary key violation on key '${lua({ id })}'`,
      fields: { id },
    }),
  foreignKey: (field: string, id: string, to: string) =>
    new Refusal(400, {
      code: 4,
      name: "foreign key violation",
      message: `the foreign key '${lua({ id })}' does not reference an existing '${to}' entity.`,
      fields: { [field]: { id } },
    }),
  unique: (fields: Readonly<Record<string, Json>>) =>
    new Refusal(409, {
      code: 5,
      name: "unique constraint violation",
      message: `UNIQUE violation detected on '${lua(fields)}'`,
      fields,
    }),
  referenced: (child: string, parent: string) =>
    new Refusal(400, {
      code: 4,
      name: "foreign key violation",
      message: `an existing '${child}' entity references this '${parent}' entity`,
      fields: { "@referenced_by": child },
    }),
  offset: (offset: string) =>
    new Refusal(400, {
      code: 7,
      name: "invalid offset",
      message: `'${offset}' is not a valid offset: bad base64 encoding`,
    }),
  size: (message: string) => new Refusal(400, { code: 9, name: "invalid size", message }),
  uniqueQuery: (field: string, message: string) =>
    new Refusal(400, { code: 10, name: `invalid unique ${field}`, message }),
  tags: () =>
    new Refusal(400, {
      code: 11,
      name: "invalid options",
      message: "invalid option (tags: invalid filter syntax)",
      options: { tags: "invalid filter syntax" },
    }),
};

/** A table as Kong's messages print it: `{id="..."}`. */
function lua(value: Json): string {
  if (value === null) return "null";
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, one]) => `${key}=${lua(one)}`);
  return `{${entries.join(",")}}`;
}
