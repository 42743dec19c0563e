import { roleNamed } from "../access.ts";
import type { Settings } from "../context.ts";
import { isSame, repositoryNamed, userNamed } from "../lookup.ts";
import type { OrganizationRole, Repository, RepositoryRole, Team, Token, User } from "../rows.ts";
import type { World } from "../world.ts";

/** Where things are planted: finds what a plant names. What is not there is a mistake and throws, people apart. */
export class Ground {
  readonly world: World;
  readonly settings: Settings;
  readonly enterpriseOwnerIds: Set<number>;
  readonly now: () => number;

  constructor(world: World, settings: Settings, enterpriseOwnerIds: Set<number>, now: () => number) {
    this.world = world;
    this.settings = settings;
    this.enterpriseOwnerIds = enterpriseOwnerIds;
    this.now = now;
  }

  newUser(given: Partial<User> & { readonly login: string }): User {
    const preset = { id: this.world.newId(), type: "User" as const, name: given.login, email: null };
    return this.world.insert("users", { ...preset, ...given });
  }

  /** The id of a person, who is made when there is none. */
  person(login: string): number {
    return (userNamed(this.world.state, login) ?? this.newUser({ login })).id;
  }

  personOrNull(login: string | undefined): number | null {
    return login === undefined ? null : this.person(login);
  }

  /** By `name` or `owner/name`. */
  repository(name: string): Repository {
    const { login } = this.settings.organization;
    const [own = "", owner = login] = name.split("/").reverse();
    return repositoryNamed(this.world.state, login, owner, own) ?? missing(`repository ${name}`);
  }

  repositoryIdOrNull(name: string | undefined): number | null {
    return name === undefined ? null : this.repository(name).id;
  }

  team(slug: string): Team {
    return this.world.state.teams.find((one) => isSame(one.slug, slug)) ?? missing(`team ${slug}`);
  }

  organizationRole(name: string): OrganizationRole {
    return this.world.state.organizationRoles.find((one) => one.name === name) ?? missing(`organization role ${name}`);
  }

  token(login: string, name: string): Token {
    const userId = this.person(login);
    const found = this.world.state.tokens.find((one) => one.userId === userId && one.name === name);
    return found ?? missing(`token ${name} of ${login}`);
  }
}

export function roleOf(name: string): RepositoryRole {
  return roleNamed(name) ?? missing(`role ${name}`);
}

export function missing(what: string): never {
  throw new Error(`there is no ${what} to plant on`);
}

/** A public key that is nobody's. */
export function publicKey(id: number): string {
  return `ssh-ed25519 ${Buffer.from(`planted key ${id}`.padEnd(51)).toString("base64")}`;
}
