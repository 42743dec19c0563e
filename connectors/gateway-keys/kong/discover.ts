import type { Account, Finding } from "../../../src/domain/access.ts";
import type { Page } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { CursorPage } from "../../contract/paging.ts";
import { pagesOf } from "../../contract/paging.ts";
import { findConsumer } from "./consumers.ts";
import type { CredentialKind, ListedCredential } from "./credentials.ts";
import type { KongDeps } from "./deps.ts";

/**
 * The credentials of one kind that a consumer holds right now. Values are handed over for a later probe only where one
 * is configured; they are in no finding.
 *
 * @throws {ConnectorError} `unsupported` when this Kong does not know the kind; `invalid-response` when it lists what
 * belongs to somebody else.
 */
export async function* discoverCredentials(
  kind: CredentialKind,
  account: Account,
  deps: KongDeps,
): AsyncGenerator<Page<Finding>> {
  const canProbe = deps.settings.probeUrl !== undefined;
  for await (const { items, complete } of listCredentials(kind, account.id, deps)) {
    const materials = new Map(
      items.flatMap(({ finding, material }) => (canProbe && material !== null ? [[finding.ref, material]] : [])),
    );
    const findings = items.map(({ finding }) => finding);
    yield { items: findings, complete, ...(materials.size === 0 ? {} : { materials }) };
  }
}

/** A fresh listing; of a consumer that is proven gone, an empty one. */
export async function* listCredentials(
  kind: CredentialKind,
  consumerId: string,
  { kong, target, clock }: KongDeps,
): AsyncGenerator<Page<ListedCredential>> {
  const where = { target, operation: `list${kind.suffix}` };
  const fetchPage = async (cursor: string | null): Promise<CursorPage<ListedCredential>> => {
    const page = await kind.page(kong, consumerId, cursor, clock());
    if (page !== null) {
      requireOwner(page.items, consumerId, where);
      return page;
    }
    // Kong says the same 404 to a consumer it has not and to a kind it has not.
    if ((await findConsumer(kong, target, consumerId)) === null) return { items: [], next: null };
    const what = `${target}: this Kong does not know ${kind.nested}, or does not show it to our credential`;
    throw new ConnectorError("unsupported", what, { ...where, status: 404 });
  };
  yield* pagesOf(where, fetchPage, ({ finding }) => finding.ref, { maxPages: 2_000, maxItems: 100_000 });
}

function requireOwner(
  items: readonly ListedCredential[],
  consumerId: string,
  where: { target: string; operation: string },
): void {
  if (items.every(({ finding }) => finding.accountId === consumerId)) return;
  throw new ConnectorError("invalid-response", `${where.target}: ${where.operation} lists another consumer's`, where);
}
