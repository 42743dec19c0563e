import { randomUUID } from "node:crypto";
import { refuse } from "./errors.ts";
import { type FieldSpec, type FieldType, hashPassword, type KindSpec, kinds } from "./kinds.ts";
import { plugins } from "./plugin-configs.ts";
import { foreignId, type Json, type Row, type Store, textOf } from "./store.ts";

export type Args = Readonly<Record<string, Json>>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const automatic = new Set(["id", "created_at", "updated_at"]);

/** The rules of the Admin API over the rows: checks, defaults, uniqueness, references, cascades. */
export class Entities {
  readonly #store: Store;
  readonly #clock: () => number;

  constructor(store: Store, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Finds by id or, when the key is no UUID, by the endpoint key (api/endpoints.lua `query_entity`). An ACL below its
   * consumer may also be named by its group (plugins/acl/api.lua).
   */
  find(kind: KindSpec, key: string, parent?: { readonly field: string; readonly id: string }): Row | undefined {
    const row = this.#lookUp(kind, key, parent);
    if (row === undefined || this.isExpired(row)) return undefined;
    return parent === undefined || foreignId(row, parent.field) === parent.id ? row : undefined;
  }

  create(kind: KindSpec, args: Args): Row {
    const id = typeof args.id === "string" ? args.id : randomUUID();
    const row = this.#complete(kind, id, args);
    if (this.#store.get(kind.name, id) !== undefined) throw refuse.primaryKey(id);
    return this.#keep(kind, row);
  }

  update(kind: KindSpec, before: Row, args: Args): Row {
    if (args.id !== undefined && args.id !== before.id) {
      throw refuse.schema({ id: "immutable field cannot be updated" });
    }
    const { id, created_at: createdAt, updated_at: _, ...kept } = before;
    const config = { ...asRecord(kept.config), ...asRecord(args.config) };
    const merged = { ...kept, ...args, ...(kind.name === "plugins" ? { config } : {}) };
    const isSamePassword = kind.name === "basicauth_credentials" && args.password === undefined;
    const row = this.#complete(kind, id, merged, isSamePassword);
    return this.#keep(kind, { ...row, created_at: createdAt ?? null });
  }

  /** Puts an entity in place of what the key names, or creates it. */
  upsert(kind: KindSpec, key: string, before: Row | undefined, args: Args): Row {
    const field = kind.endpointKey;
    const named = uuid.test(key) || field === undefined ? {} : { [field]: key };
    const id = before?.id ?? (uuid.test(key) ? key : randomUUID());
    if (args.id !== undefined && args.id !== id) throw refuse.schema({ id: "immutable field cannot be updated" });
    return this.#keep(kind, this.#complete(kind, id, { ...args, ...named }));
  }

  /** Removes a row and all that belongs to it. Services and routes that are still used stay (restricted reference). */
  remove(kind: KindSpec, row: Row): void {
    for (const child of kinds) {
      for (const [field, target] of Object.entries(child.foreign)) {
        if (target.to !== kind.name) continue;
        const children = this.#store.pointingAt(child.name, field, row.id);
        if (child.name === "routes" && children.length > 0) throw refuse.referenced("routes", "services");
        for (const one of children) this.remove(child, one);
      }
    }
    this.#store.apply({ table: kind.name, id: row.id, row: null });
  }

  isExpired(row: Row): boolean {
    return typeof row.ttl === "number" && this.#secondsLeft(row) <= 0;
  }

  /** The row as the API shows it: `ttl` counts down. */
  view(row: Row): Row {
    return typeof row.ttl === "number" ? { ...row, ttl: this.#secondsLeft(row) } : row;
  }

  #secondsLeft(row: Row): number {
    return Number(row.created_at) + Number(row.ttl) - Math.floor(this.#clock() / 1_000);
  }

  #lookUp(kind: KindSpec, key: string, parent?: { readonly field: string; readonly id: string }): Row | undefined {
    if (uuid.test(key)) return this.#store.get(kind.name, key.toLowerCase());
    if (kind.endpointKey !== undefined) return this.#store.byUnique(kind.name, kind.endpointKey, key);
    if (kind.name !== "acls" || parent === undefined) return undefined;
    return this.#store.pointingAt("acls", parent.field, parent.id).find((row) => row.group === key);
  }

  #complete(kind: KindSpec, id: string, args: Args, isSamePassword = false): Row {
    check(kind, args);
    const now = Math.floor(this.#clock() / 1_000);
    const row: Record<string, Json> & { id: string } = { id, created_at: now };
    if (kind.hasUpdatedAt === true) row.updated_at = now;
    for (const [field, spec] of Object.entries(kind.fields)) row[field] = args[field] ?? defaultOf(spec);
    for (const field of Object.keys(kind.foreign)) {
      const value = args[field];
      row[field] = value === undefined || value === null ? null : { id: asRecord(value).id ?? null };
    }
    if (kind.name === "plugins") row.config = configOf(textOf(row, "name"), asRecord(row.config));
    if (kind.name === "basicauth_credentials" && !isSamePassword) {
      row.password = hashPassword(foreignId(row, "consumer") ?? "", textOf(row, "password"));
    }
    return row;
  }

  #keep(kind: KindSpec, row: Row): Row {
    for (const [field, target] of Object.entries(kind.foreign)) {
      const id = foreignId(row, field);
      if (id !== null && this.#store.get(target.to, id) === undefined) throw refuse.foreignKey(field, id, target.to);
    }
    for (const [field, spec] of Object.entries(kind.fields)) {
      const value = row[field];
      if (spec.isUnique !== true || typeof value !== "string") continue;
      const holder = this.#store.byUnique(kind.name, field, value);
      if (holder !== undefined && holder.id !== row.id) throw refuse.unique({ [field]: value });
    }
    this.#refuseTwins(kind, row);
    this.#store.apply({ table: kind.name, id: row.id, row });
    return row;
  }

  #refuseTwins(kind: KindSpec, row: Row): void {
    const together = kind.uniqueTogether;
    if (together === undefined) return;
    const owner = foreignId(row, "consumer");
    const rivals = owner === null ? this.#store.all(kind.name) : this.#store.pointingAt(kind.name, "consumer", owner);
    const keyOf = (one: Row) => JSON.stringify(together.map((field) => one[field] ?? null));
    const twin = rivals.find((one) => one.id !== row.id && keyOf(one) === keyOf(row));
    if (twin === undefined) return;
    throw refuse.unique(Object.fromEntries(together.map((field) => [field, row[field] ?? null])));
  }
}

/** Refuses what the kind's schema does not allow, naming every wrong field. */
function check(kind: KindSpec, args: Args): void {
  const wrong: Record<string, string | string[]> = {};
  for (const [field, value] of Object.entries(args)) {
    const spec = kind.fields[field];
    const foreign = kind.foreign[field];
    if (automatic.has(field)) {
      if (field === "id" && !(typeof value === "string" && uuid.test(value))) wrong.id = "expected a valid UUID";
    } else if (spec !== undefined) {
      const problem = value === null ? undefined : problemOf(spec, value);
      if (problem !== undefined) wrong[field] = problem;
    } else if (foreign === undefined) wrong[field] = "unknown field";
    else if (value !== null && typeof asRecord(value).id !== "string") wrong[field] = "expected a record";
  }
  for (const [field, spec] of Object.entries(kind.fields)) {
    if (spec.isRequired === true && isMissing(args[field])) wrong[field] = "required field missing";
  }
  for (const [field, spec] of Object.entries(kind.foreign)) {
    if (spec.isRequired === true && isMissing(args[field])) wrong[field] = "required field missing";
  }
  if (kind.name === "plugins" && typeof args.name === "string") Object.assign(wrong, pluginProblems(args.name, args));
  if (kind.atLeastOneOf?.every((field) => isMissing(args[field])) === true) {
    const names = kind.atLeastOneOf.map((field) => `'${field}'`).join(", ");
    wrong["@entity"] = [`at least one of these fields must be non-empty: ${names}`];
  }
  if (Object.keys(wrong).length > 0) throw refuse.schema(wrong);
}

function pluginProblems(name: string, args: Args): Record<string, string | string[]> {
  const spec = plugins[name];
  if (spec === undefined)
    return { name: `plugin '${name}' not enabled; add it to the 'plugins' configuration property` };
  if (!spec.isForConsumers && !isMissing(args.consumer)) return { consumer: "value must be null" };
  const config = asRecord(args.config);
  for (const [field, value] of Object.entries(config)) {
    const known = spec.config[field];
    const problem = known === undefined ? "unknown field" : value === null ? undefined : problemOf(known, value);
    if (problem !== undefined) return { config: [`config.${field}: ${problem}`] };
  }
  const { status_code: status, message, body } = config;
  if (name !== "request-termination") return {};
  if (typeof status === "number" && (status < 100 || status > 599)) {
    return { config: ["config.status_code: value should be between 100 and 599"] };
  }
  if (!isMissing(message) && !isMissing(body)) {
    return { config: ["config: message cannot be used with content_type or body"] };
  }
  return {};
}

function configOf(name: string, given: Args): Args {
  const known = plugins[name]?.config ?? {};
  return Object.fromEntries(Object.entries(known).map(([field, spec]) => [field, given[field] ?? spec.default]));
}

function defaultOf(spec: FieldSpec): Json {
  const value = spec.default;
  return typeof value === "function" ? value() : (value ?? null);
}

const tests: Readonly<Record<FieldType, (value: Json) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  strings: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  record: (value) => typeof value === "object" && !Array.isArray(value),
};

const expectations: Readonly<Record<FieldType, string>> = {
  string: "expected a string",
  integer: "expected an integer",
  boolean: "expected a boolean",
  strings: "expected a set",
  record: "expected a record",
};

function problemOf(spec: Pick<FieldSpec, "type" | "oneOf">, value: Json): string | undefined {
  if (!tests[spec.type](value)) return expectations[spec.type];
  if (value === "") return "length must be at least 1";
  if (spec.oneOf !== undefined && !(typeof value === "string" && spec.oneOf.includes(value)))
    return `expected one of: ${spec.oneOf.join(", ")}`;
  return undefined;
}

function isMissing(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

export function asRecord(value: Json | undefined): Readonly<Record<string, Json>> {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : {};
}
