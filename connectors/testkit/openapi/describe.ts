/** What a vendor's API description allows in one operation. */
export interface DescribedOperation {
  readonly query: readonly string[];
  /** Fields of a JSON body; null when the description names none or allows any. */
  readonly body: readonly string[] | null;
}

/** The part of a vendor's description that a fake holds its callers to. */
export interface DescribedApi {
  readonly title: string;
  readonly version: string;
  readonly licence: string;
  /** By method and path template, such as `GET /consumers/{ConsumerIdOrUsername}`. */
  readonly operations: Readonly<Record<string, DescribedOperation>>;
}

type Node = Readonly<Record<string, unknown>>;

const methods = ["get", "head", "post", "put", "patch", "delete"];

/**
 * Reduces an OpenAPI 3 document to operations, query names and body fields, so that the project carries what its tests
 * use and not the whole document.
 *
 * @param isWanted which path templates to keep.
 */
export function describeApi(document: unknown, licence: string, isWanted: (path: string) => boolean): DescribedApi {
  const root = asNode(document);
  const info = asNode(root.info);
  const operations: Record<string, DescribedOperation> = {};
  for (const [path, item] of Object.entries(asNode(root.paths))) {
    if (!isWanted(path)) continue;
    for (const method of methods) {
      const operation = asNode(item)[method];
      if (operation === undefined) continue;
      const parameters = [...listOf(asNode(item).parameters), ...listOf(asNode(operation).parameters)];
      const query = parameters.map((one) => resolve(root, one)).filter((one) => one.in === "query");
      operations[`${method.toUpperCase()} ${path}`] = {
        query: query.map((one) => String(one.name)).sort(),
        body: bodyFields(root, asNode(operation)),
      };
    }
  }
  return { title: String(info.title), version: String(info.version), licence, operations };
}

function bodyFields(root: Node, operation: Node): string[] | null {
  const content = asNode(resolve(root, operation.requestBody).content);
  const schema = asNode(content["application/json"]).schema;
  const fields = schema === undefined ? null : fieldsOf(root, schema);
  return fields === null ? null : [...fields].sort();
}

function fieldsOf(root: Node, schema: unknown): Set<string> | null {
  const node = resolve(root, schema);
  const parts = ["allOf", "oneOf", "anyOf"].flatMap((key) => listOf(node[key]));
  const own = node.properties === undefined ? [] : Object.keys(asNode(node.properties));
  if (own.length === 0 && parts.length === 0) return null;
  return new Set([...own, ...parts.flatMap((part) => [...(fieldsOf(root, part) ?? [])])]);
}

function resolve(root: Node, value: unknown): Node {
  const node = asNode(value);
  if (typeof node.$ref !== "string") return node;
  const steps = node.$ref.replace(/^#\//, "").split("/");
  return resolve(
    root,
    steps.reduce<unknown>((at, step) => asNode(at)[step.replaceAll("~1", "/").replaceAll("~0", "~")], root),
  );
}

function asNode(value: unknown): Node {
  return value !== null && typeof value === "object" ? (value as Node) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
