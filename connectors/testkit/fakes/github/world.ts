import type { Kind, Ref, Row, RowId, State, Tables } from "./rows.ts";

/** One row that came, went or became another. */
export interface Effect extends Ref {
  readonly change: "added" | "changed" | "removed";
}

/**
 * The state and the ways to change it. A state is a value, so that an earlier one can be kept, compared and shown again.
 * Rules live elsewhere; the world keeps what it is given.
 */
export class World {
  #state: State = emptyState();
  #nextId = 1_001;
  #isRehearsing = false;
  readonly #listeners: ((before: State, after: State) => void)[] = [];

  get state(): State {
    return this.#state;
  }

  newId(): number {
    return this.#nextId++;
  }

  insert<K extends Kind>(kind: K, row: Tables[K]): Tables[K] {
    if (find(this.#state, kind, row.id) !== undefined) throw new Error(`${kind} ${row.id} is there already`);
    const rows: readonly Tables[K][] = this.#state[kind];
    this.#set(kind, [...rows, row]);
    return row;
  }

  change<K extends Kind>(kind: K, id: RowId, fields: Partial<Tables[K]>): void {
    this.#set(
      kind,
      this.#state[kind].map((row) => (row.id === id ? { ...row, ...fields } : row)),
    );
  }

  /** Takes away every row that fits; none is fine. */
  remove<K extends Kind>(kind: K, isGone: (row: Tables[K]) => boolean): void {
    const kept = this.#state[kind].filter((row) => !isGone(row));
    if (kept.length < this.#state[kind].length) this.#set(kind, kept);
  }

  /** Told of the state before and after each call of `commit` that changed something. */
  onChange(listener: (before: State, after: State) => void): void {
    this.#listeners.push(listener);
  }

  /** Does the work, and tells the listeners once if it changed something. Work that throws has no effect. */
  commit<T>(work: () => T): T {
    const before = this.#state;
    try {
      const result = work();
      const after = this.#state;
      if (after !== before && !this.#isRehearsing) for (const listener of this.#listeners) listener(before, after);
      return result;
    } catch (error) {
      this.#state = before;
      throw error;
    }
  }

  /** Does the work, takes back every change it made, and keeps its result. Ids that it used are not used again. */
  rehearse<T>(work: () => T): T {
    const before = this.#state;
    const outer = this.#isRehearsing;
    this.#isRehearsing = true;
    try {
      return work();
    } finally {
      this.#state = before;
      this.#isRehearsing = outer;
    }
  }

  #set<K extends Kind>(kind: K, rows: readonly Tables[K][]): void {
    this.#state = { ...this.#state, [kind]: rows };
  }
}

export function find<K extends Kind>(state: State, kind: K, id: RowId): Tables[K] | undefined {
  return state[kind].find((row) => row.id === id);
}

/** What makes `after` of `before`, in the order of kinds. */
export function effectsBetween(before: State, after: State): Effect[] {
  return kindsOf(after).flatMap((kind) => {
    if (before[kind] === after[kind]) return [];
    const old = new Map<RowId, Row>(before[kind].map((row) => [row.id, row]));
    const now = new Map<RowId, Row>(after[kind].map((row) => [row.id, row]));
    const removed = [...old.keys()].filter((id) => !now.has(id));
    const other = [...now].filter(([id, row]) => old.get(id) !== row);
    return [
      ...removed.map((id) => ({ kind, id, change: "removed" as const })),
      ...other.map(([id]) => ({ kind, id, change: old.has(id) ? ("changed" as const) : ("added" as const) })),
    ];
  });
}

/** The state with a row that is not in it. */
export function withRow(state: State, kind: Kind, row: Row): State {
  if (find(state, kind, row.id) !== undefined) return state;
  return { ...state, [kind]: [...state[kind], row] };
}

export function kindsOf(state: State): Kind[] {
  return Object.keys(state) as Kind[];
}

function emptyState(): State {
  return {
    users: [],
    memberships: [],
    enterpriseTeams: [],
    enterpriseTeamMembers: [],
    repositories: [],
    collaborators: [],
    repositoryInvitations: [],
    organizationInvitations: [],
    teams: [],
    teamMembers: [],
    teamRepositories: [],
    organizationRoles: [],
    organizationRoleUsers: [],
    organizationRoleTeams: [],
    deployKeys: [],
    runners: [],
    tokens: [],
    sshKeys: [],
    credentialAuthorizations: [],
    grants: [],
    grantRequests: [],
    externalIdentities: [],
    scimUsers: [],
    environments: [],
    secrets: [],
    jobs: [],
  };
}
