import { DatabaseError } from "pg";
import { z } from "zod";
import { invalidRequest, Problem, toProblem } from "../../../src/http/problem.ts";

const databaseError = (code: string): DatabaseError =>
  Object.assign(new DatabaseError("secret table", 1, "error"), { code });

describe("T50 what a client learns of a failure", () => {
  it.each([
    {
      name: "a refusal of ours",
      thrown: new Problem("already-ended", "The case is complete."),
      code: "already-ended",
      status: 409,
    },
    { name: "bad SQL", thrown: databaseError("42601"), code: "internal", status: 500 },
    { name: "a server that shuts down", thrown: databaseError("57P01"), code: "unavailable", status: 503 },
    { name: "a statement time-out", thrown: databaseError("57014"), code: "unavailable", status: 503 },
    {
      name: "a refused connection",
      thrown: Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:5432"), { code: "ECONNREFUSED" }),
      code: "unavailable",
      status: 503,
    },
    {
      name: "a pool that is full",
      thrown: new Error("timeout exceeded when trying to connect"),
      code: "unavailable",
      status: 503,
    },
    {
      name: "a malformed path",
      thrown: Object.assign(new URIError("Failed to decode param '%E0%A4%A'"), { status: 400 }),
      code: "invalid-request",
      status: 400,
    },
    { name: "a thrown text", thrown: "password=hunter2", code: "internal", status: 500 },
    { name: "nothing at all", thrown: undefined, code: "internal", status: 500 },
  ])("$name", ({ thrown, code, status }) => {
    const problem = toProblem(thrown);
    expect([problem.code, problem.status]).toEqual([code, status]);
    if (!(thrown instanceof Problem)) expect(problem.message).not.toMatch(/secret|10\.0|hunter|param|ECONN/);
  });
});

it.each([
  {
    name: "a nested field",
    schema: z.strictObject({ a: z.strictObject({ b: z.int() }) }),
    value: { a: { b: "x" } },
    fields: ["a.b"],
  },
  {
    name: "fields nobody knows",
    schema: z.strictObject({}),
    value: { isAdmin: true, role: "admin" },
    fields: ["isAdmin", "role"],
  },
  { name: "the whole", schema: z.strictObject({}), value: [], fields: ["body"] },
])("names $name", ({ schema, value, fields }) => {
  const parsed = schema.safeParse(value);
  if (parsed.success) throw new Error("the schema takes it");
  expect(invalidRequest(parsed.error, "body").errors.map((error) => error.field)).toEqual(fields);
});
