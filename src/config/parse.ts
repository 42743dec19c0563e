import type { z } from "zod";
import { suggestion } from "./nearest.ts";
import { describeFound, pathText } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { describeSchema, knownKeys, schemaAt } from "./schema-walk.ts";

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; problems: ConfigProblem[] };

/**
 * Parses with every problem named at once, in an operator's words. Values of secret references are never shown.
 *
 * @param under where in the file the value stands; begins every problem's path.
 */
export function parseWith<Value>(
  schema: z.ZodType<Value>,
  input: unknown,
  under: readonly PropertyKey[] = [],
): Parsed<Value> {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  return {
    ok: false,
    problems: result.error.issues.flatMap((issue) => problemsOf(issue, schema, input, under)),
  };
}

function problemsOf(
  issue: z.core.$ZodIssue,
  root: z.ZodType,
  input: unknown,
  under: readonly PropertyKey[],
): ConfigProblem[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(root, issue.path);
    return issue.keys.map((key) => ({
      path: pathText([...under, ...issue.path, key]),
      found: "a key that does not exist",
      expected: suggestion(key, known),
    }));
  }
  const schema = schemaAt(root, issue.path);
  const isSecret = schema !== null && describeSchema(schema).meta.secret === true;
  const value = valueAt(input, issue.path);
  return [
    {
      path: pathText([...under, ...issue.path]),
      found: isSecret && typeof value === "string" ? "a plain value (not shown)" : describeFound(value),
      expected: expectedOf(issue, value),
    },
  ];
}

function expectedOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.message.startsWith("expected ")) return issue.message.slice("expected ".length);
  switch (issue.code) {
    case "invalid_type":
      return typeWords[issue.expected] ?? issue.expected;
    case "invalid_value":
      return suggestionOf(value, issue.values.map(String));
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? suggestionOf(value, issue.options.map(String))
        : "another form";
    default:
      return lowerFirst(issue.message);
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a section",
  record: "a section",
};

function suggestionOf(value: unknown, known: readonly string[]): string {
  return typeof value === "string" ? suggestion(value, known) : `one of ${known.join(", ")}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    input,
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
