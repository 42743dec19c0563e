import { namesActive, refuseUnheardActive } from "../active.ts";
import type { DialectRules } from "../dialect.ts";
import { ScimError } from "../error.ts";
import { parsePath } from "../filter/parse.ts";
import type { Path } from "../filter/parse.ts";
import type { Json, JsonObject } from "../json.ts";
import { isArray, isObject } from "../json.ts";
import type { Notes } from "../notes.ts";
import { note } from "../notes.ts";
import { assignmentsOf } from "../resource/assign.ts";
import { coerce, coerceElement } from "../resource/coerce.ts";
import { requireSchema } from "../resource/read-resource.ts";
import { isKept } from "../resource/resource.ts";
import type { AttributeTarget, ResourceType } from "../schema/registry.ts";
import { foldName } from "../schema/registry.ts";
import type { PatchOperation } from "./operation.ts";

const patchOpSchemaId = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export interface PatchContext {
  readonly type: ResourceType;
  readonly dialect: DialectRules;
  /** The id in the URL; a body may repeat it but not change it. */
  readonly id: string;
}

export interface ReadPatch {
  readonly operations: readonly PatchOperation[];
  /** What the client wants `active` to be; null when it does not mention it. */
  readonly active: boolean | null;
  readonly notes: Notes;
}

/**
 * Reads the body of a PATCH, in every dialect, into operations of one plain form. Nothing here looks at the resource,
 * so a request with one bad operation is refused whole, before anything changes.
 *
 * @throws {ScimError} `invalidSyntax`, `invalidPath`, `invalidValue`, `noTarget` or `mutability`.
 * @see RFC 7644 section 3.5.2
 */
export function readPatch(body: Json, context: PatchContext): ReadPatch {
  if (!isObject(body)) throw new ScimError("invalidSyntax", "The request body must be a JSON object");
  const notes: Notes = [];
  requireSchema(body.get("schemas"), patchOpSchemaId, notes);
  const operations = operationsIn(body, notes).flatMap((operation) => readOperation(operation, context, notes));
  const asked = operations.filter(isAboutActive);
  refuseUnheardActive(body, asked.length);
  return { operations, active: askedActive(asked), notes };
}

function operationsIn(body: JsonObject, notes: Notes): readonly Json[] {
  const keys = [...body.keys()].filter((key) => foldName(key) === "operations");
  const [key = ""] = keys;
  const operations = body.get(key);
  if (keys.length !== 1 || !isArray(operations) || operations.length === 0) {
    throw new ScimError("invalidSyntax", '"Operations" must be a list of one or more operations');
  }
  if (key !== "Operations") note(notes, "operations-key", key);
  return operations;
}

function readOperation(operation: Json, context: PatchContext, notes: Notes): readonly PatchOperation[] {
  const members = membersOf(operation);
  const given = members.get("op");
  const spelled = typeof given === "string" ? given : "";
  const op = foldName(spelled);
  if (op !== "add" && op !== "replace" && op !== "remove") {
    throw new ScimError("invalidSyntax", '"op" must be add, replace or remove');
  }
  if (spelled !== op) note(notes, "operation-case", spelled);
  const path = members.get("path") ?? "";
  if (typeof path !== "string") throw new ScimError("invalidPath", '"path" must be a string');

  const value = members.get("value");
  // A capitalised op tells Entra's default dialect even where the source is not declared as Entra.
  const createsElement = context.dialect.replaceCreatesElement || spelled !== op;
  const reader = new OperationReader(context, notes, createsElement);
  if (op === "remove") return reader.remove(path, value);
  if (value === undefined) throw new ScimError("invalidValue", `"${op}" needs a value`);
  return path.trim() === "" ? reader.pathless(op, value) : reader.at(op, path, value);
}

function membersOf(operation: Json): ReadonlyMap<string, Json> {
  if (!isObject(operation)) throw new ScimError("invalidSyntax", "An operation must be a JSON object");
  const members = new Map([...operation].map(([key, value]) => [foldName(key), value]));
  if (members.size < operation.size) throw new ScimError("invalidSyntax", "An operation has a member twice");
  return members;
}

class OperationReader {
  private readonly context: PatchContext;
  private readonly notes: Notes;
  private readonly createsElement: boolean;

  constructor(context: PatchContext, notes: Notes, createsElement: boolean) {
    this.context = context;
    this.notes = notes;
    this.createsElement = createsElement;
  }

  /** Each key of the value names a target, dotted, URN-qualified or with a filter as Entra writes them. */
  pathless(op: "add" | "replace", value: Json): readonly PatchOperation[] {
    const body = onlyElement(value);
    if (!isObject(body)) throw new ScimError("invalidValue", `"${op}" without a path needs an object as its value`);
    this.requireSameId(body);
    const filtered = [...body].filter(([key]) => key.includes("["));
    const plain = new Map([...body].filter(([key]) => !key.includes("[")));
    const { createsElement } = this;
    return [
      ...assignmentsOf(plain, this.context.type, this.notes).map(({ target, value: assigned }): PatchOperation => {
        if (isActive(target) && assigned === null) throw activeNeedsValue();
        return { op, target, filter: null, value: assigned, createsElement };
      }),
      ...filtered.flatMap(([path, inner]) => this.at(op, path, inner)),
    ];
  }

  at(op: "add" | "replace", path: string, value: Json): readonly PatchOperation[] {
    const found = this.find(path);
    if (found === null) return [];
    const { target, filter } = found;
    if (target.kind === "resource") return this.pathless(op, value);
    if (target.kind === "extension") return this.pathless(op, new Map([[target.extension, onlyElement(value)]]));
    if (!this.isWritable(target)) return [];

    const { attribute, sub } = target;
    const asked =
      filter !== null && sub === null
        ? coerceElement(attribute, onlyElement(value), this.notes)
        : coerce(sub ?? attribute, value, this.notes);
    if (isActive(target) && typeof asked !== "boolean") throw activeNeedsValue();
    if (!isKept(attribute)) return [];
    return [{ op, target, filter, value: asked, createsElement: this.createsElement }];
  }

  remove(path: string, value: Json | undefined): readonly PatchOperation[] {
    // RFC 7644 section 3.5.2.2: without a path there is nothing to remove, and never everything.
    if (path.trim() === "") throw new ScimError("noTarget", '"remove" needs a path');
    const found = this.find(path);
    if (found === null) return [];
    const { target, filter } = found;
    if (target.kind === "resource") throw new ScimError("noTarget", "A resource cannot be removed by PATCH");
    if (target.kind === "extension") return this.removeExtension(target.extension);
    if (!this.isWritable(target)) return [];
    if (isActive(target)) throw new ScimError("mutability", '"active" cannot be removed; replace it with false');
    if (target.attribute.required) throw new ScimError("mutability", `"${target.attribute.name}" cannot be removed`);
    return [{ op: "remove", target, filter, only: this.onlyThese(found, target, value) }];
  }

  /**
   * Entra names what to remove in `value`; the same operation without `value` removes all. An empty list is the
   * former: it removes nothing (trust I14).
   */
  private onlyThese({ filter }: Path, target: AttributeTarget, value: Json | undefined): readonly Json[] | null {
    const isWholeList = target.attribute.multiValued && target.sub === null && filter === null;
    if (!isWholeList || value === undefined || value === null) return null;
    const elements = isArray(value) ? value : [value];
    return elements.map((element) => coerceElement(target.attribute, element, this.notes));
  }

  private removeExtension(extension: string): readonly PatchOperation[] {
    return assignmentsOf(new Map([[extension, null]]), this.context.type, this.notes).map(({ target }) => ({
      op: "remove",
      target,
      filter: null,
      only: null,
    }));
  }

  /** Null when the path names nothing we keep and may be skipped. */
  private find(path: string): Path | null {
    const found = parsePath(path, this.context.type);
    if (found !== null) return found;
    const isForeign = foldName(path.trim()).startsWith("urn:");
    if (namesActive(path) || !(isForeign || this.context.dialect.skipsUnknownPaths)) {
      throw new ScimError("invalidPath", "The path names no attribute of this resource");
    }
    note(this.notes, "unknown-ignored", path);
    return null;
  }

  private isWritable({ attribute, sub }: AttributeTarget): boolean {
    if (attribute.name === "schemas") {
      note(this.notes, "read-only-ignored", "schemas"); // follows from the attributes that are set
      return false;
    }
    if (attribute.mutability === "readOnly" || sub?.mutability === "readOnly") {
      throw new ScimError("mutability", `"${(sub ?? attribute).name}" is read-only`);
    }
    return true;
  }

  private requireSameId(body: JsonObject): void {
    for (const [key, value] of body) {
      if (foldName(key) === "id" && value !== this.context.id) {
        throw new ScimError("mutability", '"id" is read-only and differs from the address');
      }
    }
  }
}

function onlyElement(value: Json): Json {
  const isListOfOne = isArray(value) && value.length === 1;
  return isListOfOne ? (value[0] ?? null) : value;
}

/** Whether the operation sets `active` and nothing else. */
export function isAboutActive({ target }: PatchOperation): boolean {
  return isActive(target);
}

function isActive({ extension, attribute }: AttributeTarget): boolean {
  return extension === null && attribute.name === "active";
}

function activeNeedsValue(): ScimError {
  return new ScimError("invalidValue", '"active" must be true or false');
}

/** Two operations that disagree leave the caller's wish unknown; guessing could leave a leaver active. */
function askedActive(operations: readonly PatchOperation[]): boolean | null {
  const values = new Set(operations.map((operation) => (operation.op === "remove" ? null : operation.value)));
  if (values.size > 1) throw new ScimError("invalidValue", 'The operations give "active" different values');
  const [value = null] = values;
  return typeof value === "boolean" ? value : null;
}
