/** A JSON value, as the Admin API carries it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One entity as stored; what the API shows is made from it. */
export type Row = { readonly id: string; readonly [field: string]: Json };

/** What a store must know of a kind of entity to keep it. */
export interface TableSpec {
  readonly name: string;
  readonly uniqueFields: readonly string[];
  /** Fields that hold `{ id }` of another entity, or null. */
  readonly foreignFields: readonly string[];
}

/** A row put in place or, with `row` null, taken away. */
export interface Change {
  readonly table: string;
  readonly id: string;
  readonly row: Row | null;
}

interface Table {
  readonly spec: TableSpec;
  readonly rows: Map<string, Row>;
  readonly unique: Map<string, Map<string, string>>;
  readonly foreign: Map<string, Map<string, Set<string>>>;
  /** All rows in order of id, until one changes. */
  sorted: readonly Row[] | null;
}

/** Rows by id, found by unique value and by what they point at. Rules live elsewhere; a store keeps what it is given. */
export class Store {
  readonly #tables: Map<string, Table>;
  readonly #listeners: ((change: Change) => void)[] = [];
  #undo: Change[] | null = null;

  constructor(specs: readonly TableSpec[]) {
    this.#tables = new Map(specs.map((spec) => [spec.name, emptyTable(spec)]));
  }

  /** Called after each lasting change, in order; not for what is rehearsed. */
  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  get(table: string, id: string): Row | undefined {
    return this.#table(table).rows.get(id);
  }

  byUnique(table: string, field: string, value: string): Row | undefined {
    const id = this.#table(table).unique.get(field)?.get(value);
    return id === undefined ? undefined : this.get(table, id);
  }

  /** Rows that point at `id` through `field`, or with the empty id at nothing; in order of their own ids. */
  pointingAt(table: string, field: string, id: string): Row[] {
    const ids = this.#table(table).foreign.get(field)?.get(id) ?? new Set<string>();
    return [...ids].sort().flatMap((one) => this.get(table, one) ?? []);
  }

  /** All rows, by id: the order in which the real one pages. */
  all(table: string): readonly Row[] {
    const found = this.#table(table);
    found.sorted ??= [...found.rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return found.sorted;
  }

  apply(change: Change): void {
    const table = this.#table(change.table);
    const before = table.rows.get(change.id) ?? null;
    if (before !== null) unindex(table, before);
    if (change.row === null) table.rows.delete(change.id);
    else {
      table.rows.set(change.id, change.row);
      index(table, change.row);
    }
    table.sorted = null;
    if (this.#undo !== null) this.#undo.push({ ...change, row: before });
    else for (const listener of this.#listeners) listener(change);
  }

  /** Runs the work, takes back every change it made, and keeps its result. */
  rehearse<T>(work: () => T): T {
    const outer = this.#undo;
    const undo: Change[] = [];
    this.#undo = undo;
    try {
      return work();
    } finally {
      for (const change of [...undo].reverse()) this.apply(change);
      this.#undo = outer;
    }
  }

  tables(): string[] {
    return [...this.#tables.keys()];
  }

  #table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }
}

/** A text field, or the empty text. */
export function textOf(row: Readonly<Record<string, Json>>, field: string): string {
  const value = row[field];
  return typeof value === "string" ? value : "";
}

/** The id a foreign field points at, or null. */
export function foreignId(row: Row, field: string): string | null {
  const value = row[field];
  if (value === null || typeof value !== "object" || !("id" in value)) return null;
  return typeof value.id === "string" ? value.id : null;
}

function emptyTable(spec: TableSpec): Table {
  return {
    spec,
    rows: new Map(),
    unique: new Map(spec.uniqueFields.map((field) => [field, new Map()])),
    foreign: new Map(spec.foreignFields.map((field) => [field, new Map()])),
    sorted: null,
  };
}

function index(table: Table, row: Row): void {
  for (const [field, ids] of table.unique) {
    const value = row[field];
    if (typeof value === "string") ids.set(value, row.id);
  }
  for (const [field, ids] of table.foreign) {
    const target = foreignId(row, field) ?? "";
    const group = ids.get(target) ?? new Set();
    ids.set(target, group.add(row.id));
  }
}

function unindex(table: Table, row: Row): void {
  for (const [field, ids] of table.unique) {
    const value = row[field];
    if (typeof value === "string" && ids.get(value) === row.id) ids.delete(value);
  }
  for (const [field, ids] of table.foreign) {
    ids.get(foreignId(row, field) ?? "")?.delete(row.id);
  }
}
