import type { Field } from "./parse.ts";

/** What a field yields: a scalar, an object, or a list of objects. */
export type Resolved = null | boolean | number | string | GraphObject | readonly GraphObject[];

/** An object of the schema with what its fields yield. */
export interface GraphObject {
  readonly type: string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

export interface FieldSpec {
  readonly args?: readonly string[];
  resolve(args: Readonly<Record<string, unknown>>): Resolved;
}

/** What goes wrong in one field; the rest of the answer stands. */
export class GraphqlRefusal extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export interface GraphqlError {
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly type?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly locations: readonly { readonly line: number; readonly column: number }[];
}

export interface Outcome {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly GraphqlError[];
  /** Fields and arguments that are not in the schema. */
  readonly unknown: readonly string[];
}

const nowhere = [{ line: 1, column: 1 }];

/** Answers a query from its root object. */
export function execute(root: GraphObject, query: readonly Field[]): Outcome {
  const errors: GraphqlError[] = [];
  const unknown: string[] = [];

  const fill = (object: GraphObject, wanted: readonly Field[], path: (string | number)[]): Record<string, unknown> =>
    Object.fromEntries(wanted.map((field) => [field.alias, valueOf(object, field, [...path, field.alias])]));

  const valueOf = (object: GraphObject, { name, args, fields }: Field, path: (string | number)[]): unknown => {
    if (name === "__typename") return object.type;
    const spec = object.fields[name];
    const strange = Object.keys(args).filter((arg) => spec?.args?.includes(arg) !== true);
    if (spec === undefined || strange.length > 0) {
      const [arg] = strange;
      unknown.push(spec === undefined ? `${object.type}.${name}` : `${object.type}.${name}(${arg ?? ""})`);
      errors.push(unknownField(object.type, name, spec === undefined ? undefined : arg, path));
      return null;
    }
    try {
      const value = spec.resolve(args);
      if (Array.isArray(value)) {
        return (value as readonly GraphObject[]).map((one, at) => fill(one, fields, [...path, at]));
      }
      return value !== null && typeof value === "object" ? fill(value as GraphObject, fields, path) : value;
    } catch (error) {
      if (!(error instanceof GraphqlRefusal)) throw error;
      errors.push({ type: error.type, path, locations: nowhere, message: error.message });
      return null;
    }
  };

  return { data: fill(root, query, []), errors, unknown };
}

function unknownField(
  typeName: string,
  fieldName: string,
  arg: string | undefined,
  path: (string | number)[],
): GraphqlError {
  const code = arg === undefined ? "undefinedField" : "argumentNotAccepted";
  return {
    path: ["query", ...path],
    extensions: { code, typeName, fieldName, ...(arg === undefined ? {} : { argumentName: arg }) },
    locations: nowhere,
    message:
      arg === undefined
        ? `Field '${fieldName}' doesn't exist on type '${typeName}'`
        : `Field '${fieldName}' doesn't accept argument '${arg}'`,
  };
}
