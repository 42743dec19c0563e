import type { OwnedTable, TableName, Tables } from "./rows.ts";

/** A row put in place or taken away, with the way to do it elsewhere and the way back. */
export interface Change {
  readonly table: TableName;
  readonly id: string;
  readonly isRemoval: boolean;
  /** Does the same to another store, without telling its listeners. */
  readonly repeat: (store: Store) => void;
  /** Puts back what was there before, as a change of its own. */
  readonly undo: (store: Store) => void;
}

type Rows = { readonly [T in TableName]: Map<string, Tables[T]> };

/** Rows by id. Rules live elsewhere; a store keeps what it is given. */
export class Store {
  readonly #rows: Rows = {
    users: new Map(),
    accessKeys: new Map(),
    logins: new Map(),
    groups: new Map(),
    memberships: new Map(),
    policies: new Map(),
    attachments: new Map(),
    inlinePolicies: new Map(),
    mfaDevices: new Map(),
    sshKeys: new Map(),
    certificates: new Map(),
    serviceCredentials: new Map(),
    roles: new Map(),
    sessions: new Map(),
    outsiders: new Map(),
  };
  /** Kinds looked at since this was last cleared, so that whoever counts reads knows of what. */
  readonly touched = new Set<TableName>();
  readonly #listeners: ((change: Change) => void)[] = [];
  #rehearsed: Change[] | null = null;

  /** Called after each lasting change, in order; not for what is rehearsed. */
  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    this.touched.add(table);
    return this.#rows[table].get(id);
  }

  /** All rows of a kind, in the order in which they first came. */
  all<T extends TableName>(table: T): Tables[T][] {
    this.touched.add(table);
    return [...this.#rows[table].values()];
  }

  where<T extends TableName>(table: T, isWanted: (row: Tables[T]) => boolean): Tables[T][] {
    return this.all(table).filter(isWanted);
  }

  /** Rows of a kind that belong to a user. */
  ofUser<T extends OwnedTable>(table: T, userId: string): Tables[T][] {
    return this.where(table, (row: Tables[OwnedTable]) => row.userId === userId);
  }

  userNamed(name: string): Tables["users"] | undefined {
    return this.where("users", (row) => row.name === name)[0];
  }

  groupNamed(name: string): Tables["groups"] | undefined {
    return this.where("groups", (row) => row.name === name)[0];
  }

  roleNamed(name: string): Tables["roles"] | undefined {
    return this.where("roles", (row) => row.name === name)[0];
  }

  /** Puts a row in place; the same row again is no change. */
  put<T extends TableName>(table: T, row: Tables[T]): void {
    if (JSON.stringify(this.get(table, row.id)) !== JSON.stringify(row)) this.#change(table, row.id, row);
  }

  drop(table: TableName, id: string): void {
    if (this.#rows[table].has(id)) this.#change(table, id, undefined);
  }

  /** Runs the work, takes back every change it made, and keeps its result. */
  rehearse<T>(work: () => T): T {
    const outer = this.#rehearsed;
    const done: Change[] = [];
    this.#rehearsed = done;
    try {
      return work();
    } finally {
      for (const change of done.toReversed()) change.undo(this);
      this.#rehearsed = outer;
    }
  }

  #change<T extends TableName>(table: T, id: string, row: Tables[T] | undefined): void {
    const before = this.get(table, id);
    const isRemoval = row === undefined;
    const change: Change = {
      table,
      id,
      isRemoval,
      repeat: (store) => store.#set(table, id, row),
      undo: (store) => store.#change(table, id, before),
    };
    this.#set(table, id, row);
    if (this.#rehearsed !== null) this.#rehearsed.push(change);
    else for (const listener of this.#listeners) listener(change);
  }

  #set<T extends TableName>(table: T, id: string, row: Tables[T] | undefined): void {
    if (row === undefined) this.#rows[table].delete(id);
    else this.#rows[table].set(id, row);
  }
}
