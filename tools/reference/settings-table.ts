import type { z } from "zod";
import { describeSchema } from "../../src/config/schema-walk.ts";
import { formatDuration } from "../../src/config/values.ts";
import type { Listen } from "../../src/config/values.ts";

/** One setting as a reader sees it. */
export interface Row {
  key: string;
  type: string;
  preset: string;
  text: string;
}

/** A setting and everything inside it, by its path. */
export function rowsOf(schema: z.ZodType, key: string): Row[] {
  const { type, meta, shape, element, options, description, required, defaultValue } = describeSchema(schema);
  const inner = element === null ? null : describeSchema(element);
  const isList = type === "array" && inner !== null;
  const nested = isList && (inner.shape !== null || inner.options.length > 0);
  const row: Row = {
    key,
    type: typeName(schema),
    preset: required
      ? "required"
      : presetText(defaultValue, typeof meta["type"] === "string" ? meta["type"] : type, inner),
    text: description ?? "",
  };
  const children =
    shape ??
    (nested ? (inner.shape ?? Object.assign({}, ...inner.options.map((option) => describeSchema(option).shape))) : {});
  const prefix = nested ? `${key}[].` : `${key}.`;
  return [
    row,
    ...Object.entries(children as Record<string, z.ZodType>).flatMap(([name, child]) =>
      rowsOf(child, `${prefix}${name}`),
    ),
    ...(options.length > 0 ? options.flatMap((option) => rowsOf(option, key)) : []),
  ];
}

function typeName(schema: z.ZodType): string {
  const { type, meta, element, options, schema: core } = describeSchema(schema);
  if (typeof meta["type"] === "string") return meta["type"];
  if (type === "array" && element !== null)
    return typeName(element) === "section" ? "list" : `list of ${typeName(element)}`;
  if (type === "record" && element !== null) return `names to ${typeName(element)}`;
  if (type === "enum" || type === "literal")
    return valuesOf(core)
      .map((value) => `\`${value}\``)
      .join(", ");
  if (type === "object" || options.length > 0) return "section";
  return (
    { string: "text", number: "number", int: "whole number", boolean: "true or false", unknown: "value" }[type] ?? type
  );
}

function valuesOf(schema: z.ZodType): string[] {
  const definition = schema.def as { entries?: Record<string, string>; values?: readonly unknown[] };
  return definition.entries === undefined ? (definition.values ?? []).map(String) : Object.values(definition.entries);
}

function presetText(value: unknown, type: string, inner: ReturnType<typeof describeSchema> | null): string {
  if (value === undefined) return "–";
  if (type === "duration" && typeof value === "number") return `\`${formatDuration(value)}\``;
  if (type === "address:port") return `\`${(value as Listen).host}:${(value as Listen).port}\``;
  if (Array.isArray(value)) {
    const isDuration = inner?.meta["type"] === "duration";
    return `\`[${value.map((entry) => (isDuration ? formatDuration(Number(entry)) : String(entry))).join(", ")}]\``;
  }
  return typeof value === "object" ? "–" : `\`${JSON.stringify(value).replaceAll('"', "")}\``;
}

/** Settings as a Markdown table. */
export function settingsTable(rows: readonly Row[]): string {
  return [
    "| Key | Form | Default | Meaning |",
    "| --- | --- | --- | --- |",
    ...rows.map((row) => `| \`${row.key}\` | ${[row.type, row.preset, row.text].map(cell).join(" | ")} |`),
  ].join("\n");
}

/** A text in a cell of a Markdown table. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
