import type { Account, Finding } from "../../src/domain/access.ts";
import type { Page } from "../contract/connector.ts";
import { ConnectorError } from "../contract/error.ts";
import type { CursorPage } from "../contract/paging.ts";
import type { GithubDeps } from "./deps.ts";
import { listed } from "./listing.ts";
import { nameOfRepository } from "./repository.ts";
import type { GithubRepository } from "./schema.ts";

/** One listing that every repository has. */
export interface Sweep<Item extends { id: number }> {
  /** The kind that looks. */
  kind: string;
  operation: string;
  page: (repository: string, cursor: string | null) => Promise<CursorPage<Item>>;
  /** What of an item is this account's; null for somebody else's. */
  toFinding: (item: Item, repository: GithubRepository) => Finding | null;
}

/**
 * Goes through every repository of the organization. One that cannot be looked at does not keep the others from it, but
 * the sweep then ends with its error: what it found is true, and it is not all.
 */
export async function* sweepRepositories<Item extends { id: number }>(
  { kind, operation, page, toFinding }: Sweep<Item>,
  account: Account,
  deps: GithubDeps,
): AsyncGenerator<Page<Finding>> {
  let failure: ConnectorError | null = null;
  yield { items: [], complete: true };
  for (const repository of await deps.repositories.forLook(`${kind} ${account.id}`)) {
    const pages = listed(deps.target, operation, (cursor) => page(repository.name, cursor));
    try {
      for await (const { items, complete } of pages) {
        const found = items.map((item) => toFinding(item, repository)).filter((finding) => finding !== null);
        if (found.length > 0) yield { items: found, complete };
      }
    } catch (thrown) {
      failure ??= await failureAt(repository, thrown, deps);
    }
  }
  if (failure !== null) throw failure;
}

/** Of a repository that was deleted meanwhile, none. What speaks of the whole target ends the sweep at once. */
async function failureAt(
  repository: GithubRepository,
  thrown: unknown,
  deps: GithubDeps,
): Promise<ConnectorError | null> {
  if (!(thrown instanceof ConnectorError) || !ofOneRepository.has(thrown.code)) throw thrown;
  if (thrown.code !== "not-visible") return thrown;
  return (await nameOfRepository(repository, deps)) === null ? null : thrown;
}

const ofOneRepository: ReadonlySet<string> = new Set(["forbidden", "not-visible", "unsupported", "bad-request"]);
