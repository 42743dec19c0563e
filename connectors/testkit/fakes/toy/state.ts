/** What the toy server holds. Every row has an id of its own; rows that belong to a user name it. */
export interface State {
  users: User[];
  tokens: Token[];
  sessions: Owned[];
  devices: Owned[];
  /** Who could read which shared key: it stays true when the key is gone. */
  exposures: Exposure[];
  secrets: SharedSecret[];
  keys: Key[];
  consumers: Consumer[];
}

export interface User {
  id: string;
  name: string;
  email: string;
  /** Who suspended the user; null while they may work. */
  suspendedBy: string | null;
}

export interface Owned {
  id: string;
  userId: string;
  name: string;
}

export interface Token extends Owned {
  value: string;
  enabled: boolean;
}

export interface Exposure {
  id: string;
  userId: string;
  keyId: string;
}

/** A secret that services share: one name, and the keys that open it. */
export interface SharedSecret {
  name: string;
  currentKeyId: string;
}

export interface Key {
  id: string;
  secret: string;
  value: string;
  /** Whatever its maker wrote on it. */
  mark: string;
  createdAt: string;
}

export interface Consumer {
  id: string;
  secret: string;
  /** The value it works with. */
  value: string;
}

/** Tables of what belongs to a user and can be shown late. */
export type OwnedTable = "tokens" | "sessions" | "devices";

export function emptyState(): State {
  return { users: [], tokens: [], sessions: [], devices: [], exposures: [], secrets: [], keys: [], consumers: [] };
}
