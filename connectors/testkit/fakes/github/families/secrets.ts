import {
  type Answer,
  bodyText,
  type Context,
  type Handler,
  type Handlers,
  idParam,
  noContent,
  ok,
  param,
  timestamp,
} from "../context.ts";
import { refuse } from "../errors.ts";
import { isSame, repositoryById, theOrganization, theRepository } from "../lookup.ts";
import { list, listIn } from "../paging.ts";
import { type Environment, type Secret, type SecretApp, secretApps } from "../rows.ts";
import type { SealedBoxes } from "../sealed-boxes.ts";
import { minimalRepository } from "../views/repositories.ts";
import { environmentOf } from "./environments.ts";

/** Where secrets are kept: of the organization, of a repository, of one of its environments. */
interface Place {
  readonly app: SecretApp;
  readonly repositoryId: number | null;
  readonly environment: Environment | null;
}

type Locate = (context: Context) => Place;

/**
 * Secrets by name. Values go in sealed and never come out.
 *
 * @see https://docs.github.com/rest/actions/secrets
 * @see https://docs.github.com/rest/dependabot/secrets
 * @see https://docs.github.com/rest/codespaces/organization-secrets
 * @see https://docs.github.com/rest/agents/secrets
 */
export function secretsFamily(boxes: SealedBoxes): Handlers {
  const environment = "/repos/{owner}/{repo}/environments/{environment_name}";
  return {
    ...Object.assign({}, ...secretApps.map((app) => ofApp(app, boxes))),
    ...below(`${environment}/secrets`, boxes, (context) => {
      const found = environmentOf(context);
      return { app: "actions", repositoryId: found.repositoryId, environment: found };
    }),
    "GET /repos/{owner}/{repo}/actions/organization-secrets": (context: Context) => {
      const repository = theRepository(context);
      const shared = context.state.secrets.filter(
        (one) => one.app === "actions" && one.repositoryId === null && isFor(one, repository.id, repository.visibility),
      );
      return listIn(context, "secrets", shared, secretView);
    },
  };
}

/** Whether a secret of the organization is for a repository. */
export function isFor({ visibility, selectedRepositoryIds }: Secret, repositoryId: number, seen: string): boolean {
  if (visibility === "selected") return selectedRepositoryIds.includes(repositoryId);
  return visibility === "all" || seen !== "public";
}

function ofApp(app: SecretApp, boxes: SealedBoxes): Handlers {
  const organization = `/orgs/{org}/${app}/secrets`;
  const ofOrganization: Locate = (context) => {
    theOrganization(context);
    return { app, repositoryId: null, environment: null };
  };
  const ofRepository: Locate = (context) => ({ app, repositoryId: theRepository(context).id, environment: null });
  return {
    ...below(organization, boxes, ofOrganization),
    ...below(`/repos/{owner}/{repo}/${app}/secrets`, boxes, ofRepository),
    ...selection(`${organization}/{secret_name}/repositories`, ofOrganization),
  };
}

function below(path: string, boxes: SealedBoxes, locate: Locate): Handlers {
  return {
    [`GET ${path}`]: (context) => {
      const place = locate(context);
      return listIn(context, "secrets", secretsIn(context, place), (one) => shown(context, place, one));
    },
    [`GET ${path}/public-key`]: (context) => ok(boxes.publicKey(boxName(locate(context)))),
    [`GET ${path}/{secret_name}`]: (context) => {
      const place = locate(context);
      return ok(shown(context, place, secretOf(context, place)));
    },
    [`PUT ${path}/{secret_name}`]: (context) => put(context, locate(context), boxes),
    [`DELETE ${path}/{secret_name}`]: (context) => {
      const { id } = secretOf(context, locate(context));
      context.world.remove("secrets", (one) => one.id === id);
      return noContent;
    },
  };
}

/** Which repositories a secret of the organization is for, where it is for chosen ones. */
function selection(path: string, locate: Locate): Handlers {
  const choose = (context: Context, change: (ids: readonly number[], id: number) => readonly number[]): Answer => {
    const secret = secretOf(context, locate(context));
    if (secret.visibility !== "selected") return { status: 409 };
    const { id } = repositoryById(context.state, idParam(context, "repository_id"));
    context.world.change("secrets", secret.id, { selectedRepositoryIds: change(secret.selectedRepositoryIds, id) });
    return noContent;
  };
  const all: Handler = (context) => {
    const secret = secretOf(context, locate(context));
    const chosen = context.state.repositories.filter((one) => secret.selectedRepositoryIds.includes(one.id));
    const { json, ...answer } = list(context, chosen, (one) => minimalRepository(context, one));
    return { ...answer, json: { total_count: chosen.length, repositories: json } };
  };
  return {
    [`GET ${path}`]: all,
    [`PUT ${path}`]: (context) => {
      const secret = secretOf(context, locate(context));
      if (secret.visibility !== "selected") return { status: 409 };
      context.world.change("secrets", secret.id, { selectedRepositoryIds: chosenIds(context) });
      return noContent;
    },
    [`PUT ${path}/{repository_id}`]: (context) => choose(context, (ids, id) => [...new Set([...ids, id])]),
    [`DELETE ${path}/{repository_id}`]: (context) => choose(context, (ids, id) => ids.filter((one) => one !== id)),
  };
}

/** Makes a secret (201) or gives it a new value (204). One of the organization may keep its value and change who sees it. */
function put(context: Context, place: Place, boxes: SealedBoxes): Answer {
  const { world, now } = context;
  const name = param(context, "secret_name").toUpperCase();
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name) || name.startsWith("GITHUB_")) {
    throw refuse.unprocessable("Secret names can only contain alphanumeric characters and underscores.");
  }
  const known = secretsIn(context, place).find((one) => one.name === name);
  const sealed = bodyText(context, "encrypted_value");
  const keyId = bodyText(context, "key_id");
  if (known === undefined && sealed === undefined) throw refuse.invalid('"encrypted_value" wasn\'t supplied.');
  if (sealed !== undefined && keyId === undefined) throw refuse.invalid('"key_id" wasn\'t supplied.');
  const value = sealed === undefined ? {} : { value: boxes.open(boxName(place), keyId ?? "", sealed) };
  const visibility = bodyText(context, "visibility") as Secret["visibility"] | undefined;
  const sharing = {
    ...(visibility === undefined ? {} : { visibility }),
    ...(context.body["selected_repository_ids"] === undefined ? {} : { selectedRepositoryIds: chosenIds(context) }),
  };
  if (known !== undefined) {
    world.change("secrets", known.id, { ...value, ...sharing, updatedAt: now });
    return noContent;
  }
  world.insert("secrets", {
    id: world.newId(),
    app: place.app,
    repositoryId: place.repositoryId,
    environmentId: place.environment?.id ?? null,
    name,
    value: "",
    visibility: "all",
    selectedRepositoryIds: [],
    ...value,
    ...sharing,
    createdAt: now,
    updatedAt: now,
  });
  return { status: 201, json: {} };
}

/** As numbers, which some bodies write as text; a repository that is not there is not found. */
function chosenIds({ body, state }: Context): number[] {
  const ids = body["selected_repository_ids"] as readonly (number | string)[];
  return ids.map((id) => repositoryById(state, Number(id)).id);
}

function secretsIn({ state }: Context, { app, repositoryId, environment }: Place): Secret[] {
  return state.secrets.filter(
    (one) => one.app === app && one.repositoryId === repositoryId && one.environmentId === (environment?.id ?? null),
  );
}

function secretOf(context: Context, place: Place): Secret {
  const found = secretsIn(context, place).find((one) => isSame(one.name, param(context, "secret_name")));
  if (found === undefined) throw refuse.notFound();
  return found;
}

function shown({ settings }: Context, place: Place, secret: Secret): Record<string, unknown> {
  if (place.repositoryId !== null) return secretView(secret);
  const url = `${settings.apiUrl}/orgs/${settings.organization.login}/${place.app}/secrets/${secret.name}/repositories`;
  return {
    ...secretView(secret),
    visibility: secret.visibility,
    ...(secret.visibility === "selected" ? { selected_repositories_url: url } : {}),
  };
}

function secretView({ name, createdAt, updatedAt }: Secret): Record<string, unknown> {
  return { name, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) };
}

/** How a place names its key pair. */
export function boxName({ app, repositoryId, environment }: Place): string {
  return `${app}/${repositoryId ?? ""}/${environment?.id ?? ""}`;
}
