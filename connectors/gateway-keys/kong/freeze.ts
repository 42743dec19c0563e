import type { Account, Outcome } from "../../../src/domain/access.ts";
import { pagesOf } from "../../contract/paging.ts";
import { findConsumer } from "./consumers.ts";
import type { KongDeps } from "./deps.ts";
import type { KongPlugin } from "./schema.ts";

/** Marks what we made, so that we remove nothing else. */
const ours = "lastday";
const plugin = "request-termination";
const statusCode = 403;

/**
 * Refuses every request of a consumer with 403, whatever credential it comes with, by Kong's own plugin for that.
 * Kong allows one such plugin on a consumer, so two workers at once still make one freeze.
 *
 * @see https://developer.konghq.com/plugins/request-termination/examples/terminate-consumer/
 */
export async function freezeConsumer(account: Account, deps: KongDeps): Promise<Outcome> {
  const { kong, target } = deps;
  if ((await findConsumer(kong, target, account.id)) === null) return { state: "already-gone" };
  const before = await terminationOf(account, deps);
  if (before !== null) return keep(before, account, deps);
  const { status, message } = await kong.addPlugin(account.id, {
    name: plugin,
    config: { status_code: statusCode, message: "Access has ended" },
    tags: [ours],
  });
  if (status === 201) return frozen;
  const meanwhile = status === 409 ? await terminationOf(account, deps) : null;
  if (meanwhile !== null) return keep(meanwhile, account, deps);
  const why = message === "not enabled" ? `the plugin ${plugin} is not enabled` : `it answers ${status}`;
  return { state: "unsupported", reason: `Kong cannot block this consumer: ${why}` };
}

/** Removes our own freeze, and nothing that somebody else put there. */
export async function unfreezeConsumer(account: Account, deps: KongDeps): Promise<Outcome> {
  const termination = await terminationOf(account, deps);
  if (termination === null || !isOurs(termination)) return { state: "already-gone" };
  const deletion = await deps.kong.deletePlugin(account.id, termination.id);
  if (deletion === "read-only") return { state: "unsupported", reason: "the Admin API takes no changes" };
  return { state: deletion === "deleted" ? "revoked" : "already-gone" };
}

const frozen: Outcome = { state: "disabled", reason: "every request of this consumer is answered 403" };

/** Kong has room for one such plugin: ours is put right again; somebody else's counts if it does the same. */
async function keep(termination: KongPlugin, account: Account, { kong }: KongDeps): Promise<Outcome> {
  if (isOurs(termination)) {
    if (!endsEveryRequest(termination) || termination.config?.status_code !== statusCode) {
      await kong.updatePlugin(account.id, termination.id, {
        enabled: true,
        config: { status_code: statusCode, trigger: null },
      });
    }
    return frozen;
  }
  return endsEveryRequest(termination)
    ? { state: "disabled", reason: "somebody else's block stands already" }
    : {
        state: "unsupported",
        reason: "somebody else's block takes the place, and is switched off or only for some requests",
      };
}

/** With a trigger, it ends only those requests that carry a certain header or parameter. */
function endsEveryRequest({ enabled, config }: KongPlugin): boolean {
  return enabled !== false && (config?.trigger ?? null) === null;
}

/** The one plugin that ends this consumer's requests everywhere; one for a single route or service is none. */
async function terminationOf(account: Account, { kong, target }: KongDeps): Promise<KongPlugin | null> {
  const fetchPage = async (cursor: string | null) =>
    (await kong.pluginsPage(account.id, cursor)) ?? { items: [], next: null };
  for await (const { items } of pagesOf({ target, operation: "listPlugins" }, fetchPage, ({ id }) => id)) {
    const found = items.find(
      ({ name, consumer, route, service }) =>
        name === plugin && consumer?.id === account.id && (route ?? service ?? null) === null,
    );
    if (found !== undefined) return found;
  }
  return null;
}

function isOurs({ tags }: KongPlugin): boolean {
  return tags?.includes(ours) ?? false;
}
