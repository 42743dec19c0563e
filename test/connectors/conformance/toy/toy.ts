import type { Connector, Permission } from "../../../../connectors/contract/connector.ts";
import { createToyClient, toySecrets, toySettings } from "./client.ts";
import type { ToyClient, ToyContext, ToyUser } from "./client.ts";
import { freezeUser, unfreezeUser } from "./freeze.ts";
import { device, session, token, user } from "./kinds.ts";
import { seenUser, userPages } from "./listing.ts";
import { sharedKey } from "./shared-key.ts";

const permissions: readonly Permission[] = [
  { name: "users:read", for: "read", why: "lists the users, to match them to people" },
  { name: "tokens:read", for: "read", why: "lists the tokens of a user" },
  { name: "sessions:read", for: "read", why: "lists the sessions of a user" },
  { name: "devices:read", for: "read", why: "lists the devices of a user" },
  { name: "secrets:read", for: "read", why: "lists which shared keys a user could read" },
  { name: "users:suspend", for: "contain", why: "freezes a user" },
  { name: "tokens:switch", for: "contain", why: "switches tokens off before they go" },
  { name: "tokens:delete", for: "delete", why: "deletes the tokens" },
  { name: "sessions:delete", for: "delete", why: "ends the sessions" },
  { name: "users:delete", for: "delete", why: "deletes the user at last" },
  { name: "secrets:rotate", for: "delete", why: "replaces shared keys" },
];

/** A correct connector for a server that nobody sells: it passes all twenty checks, and broken copies of it do not. */
export const toy = {
  id: "toy",
  apiVersion: 1,
  version: "0.1.0",
  title: "Toy server",
  settings: toySettings,
  secrets: toySecrets,
  permissions,
  limits: () => ({ perSecond: 10, burst: 10, scope: "token" }),
  origins: ({ baseUrl }) => [new URL(baseUrl).origin],
  reads: [],
  open: async (context) => createToyClient(context),
  async check(client) {
    await client.users(null);
    return { ok: true, findings: [] };
  },
  async *accounts(client) {
    for await (const { items, complete } of userPages(client)) yield { items: items.map(toPrincipal), complete };
  },
  async account(client, id) {
    const there = await seenUser(client, id);
    return there === null ? null : toPrincipal(there);
  },
  freeze: freezeUser,
  unfreeze: unfreezeUser,
  kinds: { token, session, device, "shared-key": sharedKey, user },
} satisfies Connector<{ baseUrl: string }, ToyContext["secrets"], ToyClient>;

function toPrincipal({ id, name, email }: ToyUser) {
  return { id, label: name, attributes: { name, email }, lastUsedAt: null };
}
