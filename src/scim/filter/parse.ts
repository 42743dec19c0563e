import type { ScimErrorCode } from "../error.ts";
import { ScimError } from "../error.ts";
import type { JsonScalar } from "../json.ts";
import type { Attribute } from "../schema/attribute.ts";
import type { AttributeTarget, ResourceType, Target } from "../schema/registry.ts";
import { foldName, subAttributeOf } from "../schema/registry.ts";
import type { ComparisonOperator, Filter } from "./ast.ts";
import { comparisonOperators, leafOf } from "./ast.ts";
import type { Token } from "./tokens.ts";
import { tokenize } from "./tokens.ts";

/** @see trust rule 11 */
const maxDepth = 32;
const maxNodes = 200;

/**
 * Parses the `filter` of a query.
 * @throws {ScimError} `invalidFilter` for bad syntax, an unknown name, a value of the wrong type, or more than 2,048
 *   characters, 32 levels or 200 nodes.
 */
export function parseFilter(text: string, type: ResourceType): Filter {
  const parser = new FilterParser(tokenize(text, "invalidFilter"), type, "invalidFilter");
  return parser.wholeFilter();
}

/** What the `path` of a PATCH operation points at: a target, and which elements of it. */
export interface Path {
  readonly target: Target;
  readonly filter: Filter | null;
}

/**
 * Parses the `path` of a PATCH operation.
 * @returns null when the path is well formed but names nothing of this resource type.
 * @throws {ScimError} `invalidPath`, with the limits of {@link parseFilter}.
 * @see RFC 7644 section 3.5.2, figure 7
 */
export function parsePath(text: string, type: ResourceType): Path | null {
  const parser = new FilterParser(tokenize(text, "invalidPath"), type, "invalidPath");
  return parser.wholePath();
}

const attributePathForm = /^(?:urn:[\w.:-]+:)?[A-Za-z][\w$-]*(?:\.\$?[A-Za-z][\w-]*)?$/i;
const numberForm = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?$/i;
const literals: ReadonlyMap<string, JsonScalar> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** Resolves a name where it stands: at the top of a filter, or inside the brackets of a value path. */
type Scope = (name: string) => AttributeTarget;

class FilterParser {
  private at = 0;
  private depth = 0;
  private nodes = 0;
  private readonly tokens: readonly Token[];
  private readonly type: ResourceType;
  private readonly code: ScimErrorCode;

  constructor(tokens: readonly Token[], type: ResourceType, code: ScimErrorCode) {
    this.tokens = tokens;
    this.type = type;
    this.code = code;
  }

  wholeFilter(): Filter {
    const filter = this.disjunction(this.topScope);
    if (this.at < this.tokens.length) throw this.failure("unexpected text after the filter");
    return filter;
  }

  wholePath(): Path | null {
    const name = this.word("an attribute");
    const target = this.type.resolve(name);
    if (target === null) {
      if (!attributePathForm.test(name)) throw this.failure("the attribute path is malformed");
      return null;
    }
    if (!this.takesMark("[")) {
      if (this.at < this.tokens.length) throw this.failure("unexpected text after the path");
      return { target, filter: null };
    }
    const parent = this.elementsOf(target);
    const filter = this.bracketed(parent);
    const sub = this.subAfterBracket(parent);
    if (this.at < this.tokens.length) throw this.failure("unexpected text after the path");
    return { target: { ...parent, sub }, filter };
  }

  private readonly topScope: Scope = (name) => {
    const target = this.type.resolve(name);
    if (target?.kind !== "attribute") throw this.failure(`there is no attribute "${clip(name)}"`);
    return target;
  };

  private disjunction(scope: Scope): Filter {
    return this.chain("or", () => this.chain("and", () => this.factor(scope)));
  }

  private chain(kind: "and" | "or", operand: () => Filter): Filter {
    const first = operand();
    const of = [first];
    while (this.takesWord(kind)) of.push(operand());
    return of.length === 1 ? first : this.node({ kind, of });
  }

  private factor(scope: Scope): Filter {
    const isNegated = this.peekWord("not") && this.isMark(this.tokens[this.at + 1], "(");
    if (isNegated) this.at++;
    if (!this.takesMark("(")) return this.expression(scope);
    const filter = this.nested(() => this.disjunction(scope));
    this.expectMark(")");
    return isNegated ? this.node({ kind: "not", filter }) : filter;
  }

  private expression(scope: Scope): Filter {
    const name = this.word("an attribute");
    if (scope === this.topScope && this.takesMark("[")) {
      const parent = this.elementsOf(this.topScope(name));
      const inner = this.bracketed(parent);
      const sub = this.subAfterBracket(parent);
      // Entra's `emails[type eq "work"].value eq "x"` asks for one element that satisfies both.
      const filter = sub === null ? inner : this.node({ kind: "and", of: [inner, this.test({ ...parent, sub })] });
      return this.node({ kind: "element", target: parent, filter });
    }
    return this.test(scope(name));
  }

  /** The operator and value after an attribute. */
  private test(named: AttributeTarget): Filter {
    const operator = foldName(this.word("an operator"));
    if (leafOf(named).returned === "never") throw this.failure(`"${leafOf(named).name}" cannot be searched`);
    if (operator === "pr") return this.node({ kind: "present", target: named });
    if (!isComparison(operator)) throw this.failure(`there is no operator "${clip(operator)}"`);
    const value = this.value();
    if (value === null && (operator === "eq" || operator === "ne")) {
      const present: Filter = this.node({ kind: "present", target: named });
      return operator === "ne" ? present : this.node({ kind: "not", filter: present });
    }
    const target = this.comparable(named);
    return this.node({ kind: "compare", target, operator, value: this.fit(leafOf(target), operator, value) });
  }

  /** A complex attribute compares by its `value`. @see RFC 7643 section 2.4 */
  private comparable(target: AttributeTarget): AttributeTarget {
    const leaf = leafOf(target);
    if (leaf.type !== "complex") return target;
    const sub = subAttributeOf(leaf, "value");
    if (sub === null) throw this.failure(`"${leaf.name}" needs a sub-attribute`);
    return { ...target, sub };
  }

  private fit(leaf: Attribute, operator: ComparisonOperator, value: JsonScalar): JsonScalar {
    const isEquality = operator === "eq" || operator === "ne";
    if (leaf.type === "boolean") {
      const asked = typeof value === "string" ? literals.get(foldName(value)) : value;
      if (typeof asked === "boolean" && isEquality) return asked;
    } else if (leaf.type === "dateTime") {
      const isOrdered = isEquality || ["gt", "ge", "lt", "le"].includes(operator);
      if (typeof value === "string" && isOrdered && !Number.isNaN(Date.parse(value))) return value;
    } else if (typeof value === "string" && (leaf.type !== "binary" || isEquality)) {
      return value;
    }
    throw this.failure(`"${leaf.name}" cannot be compared this way`);
  }

  private value(): JsonScalar {
    const token = this.tokens[this.at++];
    if (token?.kind === "string") return token.text;
    if (token?.kind === "word") {
      const literal = literals.get(foldName(token.text));
      if (literal !== undefined) return literal;
      if (numberForm.test(token.text)) return Number(token.text);
    }
    throw this.failure("expected a value in double quotes, a number, true, false or null");
  }

  private elementsOf(target: Target): AttributeTarget {
    if (target.kind === "attribute" && target.attribute.multiValued && target.sub === null) {
      if (target.attribute.type === "complex") return target;
    }
    throw this.failure("only a multi-valued complex attribute takes a filter in brackets");
  }

  private bracketed(parent: AttributeTarget): Filter {
    const scope: Scope = (name) => {
      const sub = subAttributeOf(parent.attribute, name);
      if (sub === null) throw this.failure(`"${parent.attribute.name}" has no sub-attribute "${clip(name)}"`);
      return { ...parent, sub };
    };
    const filter = this.nested(() => this.disjunction(scope));
    this.expectMark("]");
    return filter;
  }

  private subAfterBracket(parent: AttributeTarget): Attribute | null {
    const token = this.tokens[this.at];
    if (token?.kind !== "word" || !token.text.startsWith(".")) return null;
    this.at++;
    const sub = subAttributeOf(parent.attribute, token.text.slice(1));
    if (sub === null) throw this.failure(`"${parent.attribute.name}" has no sub-attribute "${clip(token.text)}"`);
    return sub;
  }

  private nested<T>(parse: () => T): T {
    if (++this.depth > maxDepth) throw this.failure(`nested deeper than ${maxDepth} levels`);
    const result = parse();
    this.depth--;
    return result;
  }

  private node(filter: Filter): Filter {
    if (++this.nodes > maxNodes) throw this.failure(`more than ${maxNodes} terms`);
    return filter;
  }

  private word(expected: string): string {
    const token = this.tokens[this.at++];
    if (token?.kind !== "word") throw this.failure(`expected ${expected}`);
    return token.text;
  }

  private peekWord(word: string): boolean {
    const token = this.tokens[this.at];
    return token?.kind === "word" && foldName(token.text) === word;
  }

  private takesWord(word: string): boolean {
    if (!this.peekWord(word)) return false;
    this.at++;
    return true;
  }

  private isMark(token: Token | undefined, mark: string): boolean {
    return token?.kind === "mark" && token.text === mark;
  }

  private takesMark(mark: string): boolean {
    if (!this.isMark(this.tokens[this.at], mark)) return false;
    this.at++;
    return true;
  }

  private expectMark(mark: string): void {
    if (!this.takesMark(mark)) throw this.failure(`expected "${mark}"`);
  }

  private failure(reason: string): ScimError {
    const subject = this.code === "invalidPath" ? "path" : "filter";
    return new ScimError(this.code, `The ${subject} is not acceptable: ${reason} (token ${this.at})`);
  }
}

function isComparison(operator: string): operator is ComparisonOperator {
  return comparisonOperators.some((known) => known === operator);
}

/** Names come from the client and go back to it in an error; an attacker's novel does not. */
function clip(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}
