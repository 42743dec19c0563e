import type { SqlCondition } from "../../store/people/person.ts";
import { foldIdentifier } from "../../store/people/fold.ts";
import { isUuid } from "../../domain/id.ts";
import { ScimError } from "../error.ts";
import type { AttributeTarget } from "../schema/registry.ts";
import type { Comparison, Filter } from "./ast.ts";
import { leafOf } from "./ast.ts";

/**
 * A filter over people as a condition on `person AS p`, where `$1` is the source. Every value and every name inside a
 * JSON document is a parameter; the text is made of constants alone (trust T19). `userName`, `externalId`, `id` and
 * `emails.value` with `eq` use an index. No part of a condition is ever NULL, so that NOT means not.
 *
 * @param firstParameter number of the first free parameter.
 * @throws {ScimError} `invalidFilter` for an attribute that cannot be searched.
 */
export function compileFilter(filter: Filter, firstParameter: number): SqlCondition {
  const compiler = new Compiler(firstParameter);
  const text = compiler.condition(filter);
  return { text, values: compiler.values };
}

class Compiler {
  readonly values: unknown[] = [];
  private readonly firstParameter: number;

  constructor(firstParameter: number) {
    this.firstParameter = firstParameter;
  }

  condition(filter: Filter, element: string | null = null): string {
    switch (filter.kind) {
      case "and":
      case "or":
        return `(${filter.of.map((operand) => this.condition(operand, element)).join(filter.kind === "and" ? " AND " : " OR ")})`;
      case "not":
        return `NOT ${this.condition(filter.filter, element)}`;
      case "present":
        return this.present(filter.target, element);
      case "element":
        return this.element(filter.target, filter.filter);
      default:
        return this.compare(filter, element);
    }
  }

  private present(target: AttributeTarget, element: string | null): string {
    if (element !== null) return `${this.inElement(element, target)} IS NOT NULL`;
    const column = columnOf(target);
    if (column !== null) return `${column.expression} IS NOT NULL`;
    if (!target.attribute.multiValued) return `${this.inDocument(target)} IS NOT NULL`;
    return this.anyElement(target, (one) =>
      target.sub === null ? "TRUE" : `${this.inElement(one, target)} IS NOT NULL`,
    );
  }

  private compare(comparison: Comparison, element: string | null): string {
    if (comparison.operator === "ne") return `NOT ${this.compare({ ...comparison, operator: "eq" }, element)}`;
    const { target } = comparison;
    if (element !== null) return this.test(this.inElement(element, target), comparison);
    const column = columnOf(target);
    if (column !== null) return this.compareColumn(column, comparison);
    if (!target.attribute.multiValued) return this.test(this.inDocument(target), comparison);
    if (isEmailEquality(comparison)) return this.hasEmail(comparison);
    return this.anyElement(target, (one) => this.test(this.inElement(one, target), comparison));
  }

  private element(target: AttributeTarget, filter: Filter): string {
    const test = this.anyElement(target, (one) => this.condition(filter, one));
    const required = filter.kind === "and" ? filter.of : [filter];
    const email = required.find((operand) => operand.kind === "compare" && isEmailEquality(operand));
    // The index finds the few who have the address; the document decides about the rest of the filter.
    return email?.kind === "compare" ? `(${this.hasEmail(email)} AND ${test})` : test;
  }

  private hasEmail({ value }: Comparison): string {
    const address = this.parameter(foldIdentifier(String(value)));
    return `p.id IN (SELECT person_id FROM person_email WHERE source = $1 AND value_lower = ${address})`;
  }

  private compareColumn(column: Column, comparison: Comparison): string {
    const { operator, value } = comparison;
    switch (column.kind) {
      case "id":
        // Anything that is no UUID equals no id, and must not reach the cast.
        if (operator === "eq") return isUuid(String(value)) ? `p.id = ${this.parameter(value)}::uuid` : "FALSE";
        return this.test("p.id::text", comparison);
      case "boolean":
        return `${column.expression} = ${this.parameter(value)}::boolean`;
      case "instant": {
        const instant = this.parameter(new Date(String(value)).toISOString());
        return `${column.expression} ${orderOperator[ordering(operator)]} ${instant}::timestamptz`;
      }
      case "folded":
        return this.test(column.expression, { ...comparison, value: foldIdentifier(String(value)) }, true);
      default:
        return `(${column.expression} IS NOT NULL AND ${this.test(column.expression, comparison, true)})`;
    }
  }

  /** A comparison of text. `isPlain`: the expression is a column in its comparable form and never NULL where it counts. */
  private test(expression: string, { operator, value, target }: Comparison, isPlain = false): string {
    const leaf = leafOf(target);
    const parameter = `${this.parameter(String(value))}::text`;
    const folds = !isPlain && !leaf.caseExact && leaf.type !== "boolean";
    const [left, right] = folds ? [`lower(${expression})`, `lower(${parameter})`] : [expression, parameter];
    const condition = textCondition(left, operator, right);
    return isPlain ? condition : `COALESCE(${condition}, FALSE)`;
  }

  private anyElement(target: AttributeTarget, condition: (element: string) => string): string {
    const list = this.documentPath([target.extension, target.attribute.name]);
    return (
      `EXISTS (SELECT FROM jsonb_array_elements(CASE jsonb_typeof(${list}) WHEN 'array' THEN ${list} ELSE '[]' END)` +
      ` AS element WHERE ${condition("element")})`
    );
  }

  private inElement(element: string, { sub }: AttributeTarget): string {
    return `${element} ->> ${this.parameter(sub?.name ?? "value")}::text`;
  }

  private inDocument({ extension, attribute, sub }: AttributeTarget): string {
    const names = [extension, attribute.name, sub?.name].filter((name) => typeof name === "string");
    return `p.attributes #>> ${this.parameter(names)}::text[]`;
  }

  private documentPath(names: readonly (string | null)[]): string {
    return `p.attributes #> ${this.parameter(names.filter((name) => name !== null))}::text[]`;
  }

  private parameter(value: unknown): string {
    this.values.push(value);
    return `$${this.firstParameter + this.values.length - 1}`;
  }
}

interface Column {
  readonly kind: "id" | "folded" | "exact" | "boolean" | "instant";
  readonly expression: string;
}

const columns: ReadonlyMap<string, Column> = new Map<string, Column>([
  ["id", { kind: "id", expression: "p.id" }],
  ["userName", { kind: "folded", expression: "p.user_name_lower" }],
  ["externalId", { kind: "exact", expression: "p.external_id" }],
  ["active", { kind: "boolean", expression: "p.active" }],
  ["meta.created", { kind: "instant", expression: "p.created_at" }],
  ["meta.lastModified", { kind: "instant", expression: "p.updated_at" }],
  ["meta.resourceType", { kind: "exact", expression: "'User'::text" }],
]);

function columnOf({ extension, attribute, sub }: AttributeTarget): Column | null {
  if (extension !== null) return null;
  const name = sub === null ? attribute.name : `${attribute.name}.${sub.name}`;
  const column = columns.get(name);
  if (column !== undefined) return column;
  if (attribute.name === "meta" || attribute.name === "schemas") {
    throw new ScimError("invalidFilter", `"${name}" cannot be searched`);
  }
  return null;
}

function isEmailEquality({ target, operator }: Comparison): boolean {
  const isEmail = target.extension === null && target.attribute.name === "emails" && target.sub?.name === "value";
  return isEmail && operator === "eq";
}

const orderOperator = { eq: "=", gt: ">", ge: ">=", lt: "<", le: "<=" } as const;

function ordering(operator: Comparison["operator"]): keyof typeof orderOperator {
  if (operator === "gt" || operator === "ge" || operator === "lt" || operator === "le") return operator;
  return "eq";
}

/** `LIKE` would give meaning to characters of the value; these functions give none. */
function textCondition(left: string, operator: Comparison["operator"], right: string): string {
  switch (operator) {
    case "co":
      return `position(${right} in ${left}) > 0`;
    case "sw":
      return `starts_with(${left}, ${right})`;
    case "ew":
      return `right(${left}, length(${right})) = ${right}`;
    case "eq":
      return `${left} = ${right}`;
    default:
      return `(${left}) COLLATE "C" ${orderOperator[ordering(operator)]} ${right}`;
  }
}
