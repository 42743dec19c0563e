import type { Finding } from "../../src/domain/access.ts";
import type { CiDeps } from "./deps.ts";
import { failed } from "./deps.ts";
import type { ShownSecret } from "./github/client.ts";
import { textOf } from "./place.ts";
import type { RepositoryRef, Scope, SecretPlace } from "./place.ts";
import { placeOfFinding } from "./secret-finding.ts";
import { allRepositories } from "./survey.ts";

/**
 * A secret as GitHub shows it now; null when it is gone, which is only said after its neighbours could be seen. A
 * repository that was renamed is found again by its id; one that took its name is another.
 *
 * @throws {ConnectorError} `not-visible` when what it lies in is not shown to our credential.
 */
export async function lookAtSecret(finding: Finding, deps: CiDeps): Promise<ShownSecret | null> {
  const place = placeOfFinding(finding);
  if (place === null) throw failed("bad-request", deps, "getSecret", `${finding.ref} names no secret`);
  const scope = await presentScope(place.scope, deps);
  if (scope === null) return null;
  const present: SecretPlace = { ...place, scope };
  const shown = await deps.github.secret(present);
  if (shown === null) await requireNeighbours(present, deps);
  return shown;
}

async function presentScope(scope: Scope, deps: CiDeps): Promise<Scope | null> {
  if (scope.kind === "organization") return scope;
  const repository = await presentRepository(scope.repository, deps);
  return repository === null ? null : { ...scope, repository };
}

async function presentRepository({ id, name }: RepositoryRef, deps: CiDeps): Promise<RepositoryRef | null> {
  const byName = await deps.github.repository(name).catch((thrown: unknown) => {
    // A renamed one answers with a redirect, which is not followed.
    if (thrown instanceof Error && "status" in thrown && thrown.status === 301) return null;
    throw thrown;
  });
  if (byName?.id === id) return { id, name };
  const byId = (await allRepositories(deps)).find((row) => row.id === id);
  return byId === undefined ? null : { id, name: byId.name };
}

/** That the list it would be in can be seen; of an environment that is gone, the repository's own. */
async function requireNeighbours({ store, scope, name }: SecretPlace, deps: CiDeps): Promise<void> {
  const page =
    scope.kind === "organization"
      ? await deps.github.organizationSecretsPage(store, null)
      : scope.kind === "repository"
        ? await deps.github.secretsPage(store, scope, null)
        : await deps.github.secretsPage(store, { kind: "repository", repository: scope.repository }, null);
  if (page !== null) return;
  throw failed(
    "not-visible",
    deps,
    "listSecrets",
    `${textOf({ store, scope, name })} is not shown, and nothing beside it`,
  );
}
