/** One field of a query with what was asked below it. */
export interface Field {
  readonly name: string;
  /** As the answer calls it. */
  readonly alias: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly fields: readonly Field[];
}

export class GraphqlSyntaxError extends Error {}

/**
 * Reads one query: fields, aliases, arguments, variables. No fragments, directives or mutations: the fake refuses them.
 *
 * @see https://spec.graphql.org/October2021/#sec-Document-Syntax
 */
export function parseQuery(source: string, variables: Readonly<Record<string, unknown>>): readonly Field[] {
  const pieces = source.replace(/#.*/g, "").match(/"(?:[^"\\]|\\.)*"|\.\.\.|-?\d+(?:\.\d+)?|\w+|\S/g) ?? [];
  const tokens = pieces.filter((piece) => piece !== ","); // commas mean nothing in GraphQL
  let at = 0;
  const next = () => tokens[at++] ?? fail("unexpected end of file");
  const accepts = (token: string) => tokens[at] === token && at++ >= 0;
  const expect = (token: string) => {
    const found = next();
    if (found !== token) fail(`unexpected ${found}, expecting ${token}`);
  };
  const name = () => {
    const found = next();
    return /^[A-Za-z_]\w*$/.test(found) ? found : fail(`unexpected ${found}, expecting a name`);
  };

  const value = (): unknown => {
    const token = next();
    if (token === "$") return variables[name()] ?? null;
    if (token.startsWith('"')) return JSON.parse(token) as unknown;
    if (/^-?\d/.test(token)) return Number(token);
    if (token === "true" || token === "false") return token === "true";
    return token === "null" ? null : /^\w+$/.test(token) ? token : fail(`unexpected ${token}`);
  };
  const args = (): Record<string, unknown> => {
    const found: Record<string, unknown> = {};
    if (!accepts("(")) return found;
    while (!accepts(")")) {
      const key = name();
      expect(":");
      found[key] = value();
    }
    return found;
  };
  const fields = (): Field[] => {
    const found: Field[] = [];
    if (!accepts("{")) return found;
    while (!accepts("}")) {
      const first = name();
      const isAliased = accepts(":");
      const field = isAliased ? name() : first;
      found.push({ name: field, alias: first, args: args(), fields: fields() });
    }
    return found.length > 0 ? found : fail("a selection is empty");
  };

  if (tokens[at] !== "{") {
    const kind = name();
    if (kind !== "query") fail(`unexpected ${kind}: the fake answers queries only`);
    if (tokens[at] !== "{" && tokens[at] !== "(") name();
    skipDeclarations();
  }
  const found = fields();
  if (at < tokens.length) fail(`unexpected ${tokens[at] ?? ""}`);
  return found;

  /** `($first: Int!, $after: String)`: types are taken on trust. */
  function skipDeclarations(): void {
    if (!accepts("(")) return;
    while (!accepts(")")) next();
  }
}

function fail(message: string): never {
  throw new GraphqlSyntaxError(message);
}
