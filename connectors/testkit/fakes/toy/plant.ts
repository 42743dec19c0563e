import { randomUUID } from "node:crypto";
import type { Consumer, Exposure, Key, Owned, State, Token, User } from "./state.ts";

/** Somebody with something of everything. */
export interface Planted {
  user: User;
  tokens: readonly Token[];
  sessions: readonly Owned[];
  devices: readonly Owned[];
  exposures: readonly Exposure[];
  keys: readonly Key[];
  consumers: readonly Consumer[];
}

/** Puts a user in place: three tokens, two sessions, a device, and a shared secret with two consumers that they could read. */
export function plantUser(state: State, { name, email }: Pick<User, "name" | "email">, clock: () => number): Planted {
  const user: User = { id: `user-${randomUUID()}`, name, email, suspendedBy: null };
  const owned = (what: string): Owned => ({
    id: `${what}-${randomUUID()}`,
    userId: user.id,
    name: `${what} of ${name}`,
  });
  const tokens = [1, 2, 3].map(() => ({ ...owned("token"), value: `canary-token-${randomUUID()}`, enabled: true }));
  const sessions = [owned("session"), owned("session")];
  const devices = [owned("device")];
  const secret = `deploy-${user.id}`;
  const value = `canary-key-${randomUUID()}`;
  const createdAt = new Date(clock() - 86_400_000).toISOString();
  const key: Key = { id: `key-${randomUUID()}`, secret, value, mark: "made by hand", createdAt };
  const consumers = ["build", "release"].map((id) => ({ id, secret, value }));
  const exposure = { id: `exposure-${randomUUID()}`, userId: user.id, keyId: key.id };
  state.users.push(user);
  state.tokens.push(...tokens);
  state.sessions.push(...sessions);
  state.devices.push(...devices);
  state.exposures.push(exposure);
  state.secrets.push({ name: secret, currentKeyId: key.id });
  state.keys.push(key);
  state.consumers.push(...consumers);
  return { user, tokens, sessions, devices, exposures: [exposure], keys: [key], consumers };
}
