import type { z } from "zod";

/** The parts of a schema's definition that say what lies inside it. */
interface Definition {
  type: string;
  innerType?: z.ZodType;
  in?: z.ZodType;
  element?: z.ZodType;
  valueType?: z.ZodType;
  shape?: Readonly<Record<string, z.ZodType>>;
  options?: readonly z.ZodType[];
}

/** What a schema is once its wrappers (default, optional, transform) are taken off, and what they said. */
export interface Described {
  schema: z.ZodType;
  type: string;
  shape: Readonly<Record<string, z.ZodType>> | null;
  /** Of a list or a map. */
  element: z.ZodType | null;
  options: readonly z.ZodType[];
  description: string | null;
  required: boolean;
  /** As parsed; undefined when there is none. */
  defaultValue: unknown;
  meta: Readonly<Record<string, unknown>>;
}

const wrappers = new Set(["default", "prefault", "optional", "nullable", "readonly", "pipe"]);

/** Looks through the wrappers of a zod 4 schema; the outermost text wins. */
export function describeSchema(outer: z.ZodType): Described {
  let schema = outer;
  let description: string | null = null;
  let meta: Record<string, unknown> = {};
  let required = true;
  let defaultValue: unknown;
  for (;;) {
    const definition = definitionOf(schema);
    const said = schema.meta() ?? {};
    meta = { ...said, ...meta };
    description ??= said.description ?? null;
    if (definition.type === "default" || definition.type === "prefault") {
      required = false;
      defaultValue ??= (schema as z.ZodType & { def: { defaultValue: unknown } }).def.defaultValue;
    }
    if (definition.type === "optional") required = false;
    const inner = definition.innerType ?? definition.in;
    if (!wrappers.has(definition.type) || inner === undefined) {
      return {
        schema,
        type: definition.type,
        shape: definition.shape ?? null,
        element: definition.element ?? definition.valueType ?? null,
        options: definition.options ?? [],
        description,
        required,
        defaultValue,
        meta,
      };
    }
    schema = inner;
  }
}

/** The schema of the value at a path, or null where no schema names one. */
export function schemaAt(root: z.ZodType, path: readonly PropertyKey[]): z.ZodType | null {
  let here: z.ZodType | null = root;
  for (const part of path) {
    if (here === null) return null;
    const { shape, element, options } = describeSchema(here);
    if (shape !== null) here = shape[String(part)] ?? null;
    else if (element !== null) here = element;
    else here = options.map((option) => schemaAt(option, [part])).find((found) => found !== null) ?? null;
  }
  return here;
}

/** The keys that may stand in the section at a path. */
export function knownKeys(root: z.ZodType, path: readonly PropertyKey[]): string[] {
  const here = schemaAt(root, path);
  if (here === null) return [];
  const { shape, options } = describeSchema(here);
  if (shape !== null) return Object.keys(shape);
  return [...new Set(options.flatMap((option) => knownKeys(option, [])))];
}

function definitionOf(schema: z.ZodType): Definition {
  return schema.def;
}
