import { randomBytes } from "node:crypto";
import type { CredentialAuthorization, Grant, Token } from "../rows.ts";
import { type Ground, missing, publicKey } from "./ground.ts";
import type { Planted, PlantGrant, Plants } from "./plants.ts";

/** What people come in with. */
export function plantCredentials(
  ground: Ground,
  plants: Plants,
): Pick<Planted, "sshKeys" | "tokens" | "credentialAuthorizations" | "grants" | "grantRequests"> {
  const { world } = ground;
  return {
    sshKeys: (plants.sshKeys ?? []).map(({ login, title }) => {
      const id = world.newId();
      const userId = ground.person(login);
      return world.insert("sshKeys", { id, userId, title, key: publicKey(id), createdAt: ground.now() });
    }),
    tokens: (plants.tokens ?? []).map((one) => newToken(ground, one)),
    credentialAuthorizations: (plants.credentialAuthorizations ?? []).map((one) => authorize(ground, one)),
    grants: (plants.grants ?? []).map((one) => world.insert("grants", newGrant(ground, one))),
    grantRequests: (plants.grantRequests ?? []).map((one) =>
      world.insert("grantRequests", { ...newGrant(ground, one), reason: one.reason ?? null }),
    ),
  };
}

function newToken(ground: Ground, { login, name, ...one }: NonNullable<Plants["tokens"]>[number]): Token {
  const type = one.type ?? "classic";
  const prefix = type === "classic" ? "ghp_" : "github_pat_";
  return ground.world.insert("tokens", {
    id: ground.world.newId(),
    userId: ground.person(login),
    type,
    name,
    value: one.value ?? prefix + randomBytes(20).toString("hex"),
    scopes: one.scopes ?? (type === "classic" ? ["repo"] : []),
    permissions: one.permissions ?? {},
    createdAt: ground.now(),
    expiresAt: one.expiresAt ?? null,
    lastUsedAt: one.lastUsedAt ?? null,
  });
}

type PlantAuthorization = NonNullable<Plants["credentialAuthorizations"]>[number];

function authorize(ground: Ground, one: PlantAuthorization): CredentialAuthorization {
  const { login } = one;
  const credential = credentialOf(ground, one);
  return ground.world.insert("credentialAuthorizations", {
    id: ground.world.newId(),
    userId: ground.person(login),
    ...credential,
    authorizedAt: ground.now(),
    accessedAt: null,
  });
}

function credentialOf(
  ground: Ground,
  { login, token, sshKey }: PlantAuthorization,
): Pick<CredentialAuthorization, "type" | "credentialId"> {
  if (token !== undefined) return { type: "personal access token", credentialId: ground.token(login, token).id };
  if (sshKey === undefined) return { type: "OAuth app token", credentialId: null };
  const userId = ground.person(login);
  const key = ground.world.state.sshKeys.find((one) => one.userId === userId && one.title === sshKey);
  return { type: "SSH key", credentialId: key?.id ?? missing(`SSH key ${sshKey} of ${login}`) };
}

function newGrant(ground: Ground, { login, token, repositories }: PlantGrant): Grant {
  return {
    id: ground.world.newId(),
    tokenId: ground.token(login, token).id,
    repositorySelection: repositories === undefined ? "all" : repositories.length === 0 ? "none" : "subset",
    repositoryIds: (repositories ?? []).map((name) => ground.repository(name).id),
    at: ground.now(),
  };
}
