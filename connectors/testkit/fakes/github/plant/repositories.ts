import type { DeployKey, Secret } from "../rows.ts";
import { type Ground, missing, publicKey, roleOf } from "./ground.ts";
import type { Planted, Plants } from "./plants.ts";

/** Repositories and what belongs to them. */

export function plantRepositories(ground: Ground, plants: Plants): Pick<Planted, "repositories" | "collaborators"> {
  const { world } = ground;
  const repositories = (plants.repositories ?? []).map(({ name, visibility = "private", owner, forkOf }) =>
    world.insert("repositories", {
      id: world.newId(),
      name,
      visibility,
      ownerId: ground.personOrNull(owner),
      parentId: ground.repositoryIdOrNull(forkOf),
    }),
  );
  const collaborators = (plants.collaborators ?? []).map(({ repository, login, role = "push" }) => {
    const ids = { repositoryId: ground.repository(repository).id, userId: ground.person(login) };
    return world.insert("collaborators", { id: `${ids.repositoryId}:${ids.userId}`, ...ids, role: roleOf(role) });
  });
  return { repositories, collaborators };
}

export function plantMachines(ground: Ground, plants: Plants): Pick<Planted, "deployKeys" | "runners"> {
  return {
    deployKeys: (plants.deployKeys ?? []).map((one) => newDeployKey(ground, one)),
    runners: (plants.runners ?? []).map(({ name, repository, setUpBy, labels = [], isBusy = false }) =>
      ground.world.insert("runners", {
        id: ground.world.newId(),
        repositoryId: ground.repositoryIdOrNull(repository),
        name,
        labels,
        isBusy,
        setUpById: ground.personOrNull(setUpBy),
      }),
    ),
  };
}

function newDeployKey(ground: Ground, one: NonNullable<Plants["deployKeys"]>[number]): DeployKey {
  const id = ground.world.newId();
  const { addedBy, madeWith } = one;
  if (madeWith !== undefined && addedBy === undefined) throw new Error("madeWith names a token of addedBy");
  return ground.world.insert("deployKeys", {
    id,
    repositoryId: ground.repository(one.repository).id,
    title: one.title,
    key: publicKey(id),
    isReadOnly: one.isReadOnly ?? false,
    addedById: ground.personOrNull(addedBy),
    createdAt: ground.now(),
    lastUsedAt: one.lastUsedAt ?? null,
    isEnabled: one.isEnabled ?? true,
    madeWithId: madeWith === undefined || addedBy === undefined ? null : ground.token(addedBy, madeWith).id,
  });
}

export function plantSecrets(ground: Ground, plants: Plants): Pick<Planted, "environments" | "secrets"> {
  return {
    environments: (plants.environments ?? []).map((one) =>
      ground.world.insert("environments", {
        id: ground.world.newId(),
        repositoryId: ground.repository(one.repository).id,
        name: one.name,
        reviewerIds: (one.reviewers ?? []).map((login) => ground.person(login)),
        reviewerTeamIds: (one.reviewerTeams ?? []).map((slug) => ground.team(slug).id),
        preventsSelfReview: one.preventsSelfReview ?? false,
        waitMinutes: one.waitMinutes ?? 0,
        createdAt: ground.now(),
      }),
    ),
    secrets: (plants.secrets ?? []).map((one) => newSecret(ground, one)),
  };
}

function newSecret(ground: Ground, one: NonNullable<Plants["secrets"]>[number]): Secret {
  const { name, value, app = "actions", repository, environment, visibility = "all", selected = [] } = one;
  const repositoryId = ground.repositoryIdOrNull(repository);
  const place = ground.world.state.environments.find(
    (candidate) => candidate.repositoryId === repositoryId && candidate.name === environment,
  );
  if (environment !== undefined && place === undefined) missing(`environment ${environment}`);
  const createdAt = one.createdAt ?? ground.now();
  return ground.world.insert("secrets", {
    id: ground.world.newId(),
    app,
    repositoryId,
    environmentId: place?.id ?? null,
    name: name.toUpperCase(),
    value,
    visibility,
    selectedRepositoryIds: selected.map((chosen) => ground.repository(chosen).id),
    createdAt,
    updatedAt: one.updatedAt ?? createdAt,
  });
}
