import type { ConnectorContext } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { pagesOf } from "../../contract/paging.ts";
import type { Secret } from "../../contract/secret.ts";
import type { KongSettings } from "../config.ts";
import type { Plan } from "../plan-settings.ts";
import type { Issuer } from "./issuer.ts";
import { createKongClient } from "./kong-client.ts";
import type { KongKey } from "./kong-client.ts";

/** Marks what we made. */
const ours = "lastday";

/** Keys of a consumer of Kong Gateway (key-auth). The Admin API shows their values, so an old one can be put back. */
export function openKongKeys(context: ConnectorContext<KongSettings, { adminToken?: Secret | undefined }>): Issuer {
  const { target, settings } = context;
  const kong = createKongClient(context);

  function failed(code: "not-visible" | "invalid-response", operation: string, what: string) {
    return new ConnectorError(code, `${target}: ${what}`, { target, operation });
  }

  /** Kong finds a consumer by id and by username; whatever else comes back is another one. */
  async function consumerIdOf(plan: Plan): Promise<string> {
    const name = consumerOf(plan);
    const found = await kong.consumer(name);
    if (found === null)
      throw failed("not-visible", "getConsumer", `the consumer ${name} of the plan ${plan.name} is not there`);
    if (found.id !== name && found.username !== name)
      throw failed("invalid-response", "getConsumer", "another consumer came back");
    return found.id;
  }

  async function rowsOf(consumerId: string): Promise<readonly KongKey[]> {
    const operation = "listKeyAuth";
    const fetchPage = async (cursor: string | null) => {
      const page = await kong.keysPage(consumerId, cursor);
      if (page === null)
        throw failed("not-visible", operation, "the keys of the consumer are not shown to our credential");
      if (page.items.some(({ consumer }) => consumer.id !== consumerId)) {
        throw failed("invalid-response", operation, `${operation} lists another consumer's`);
      }
      return page;
    };
    const rows: KongKey[] = [];
    for await (const { items } of pagesOf({ target, operation }, fetchPage, ({ id }) => id)) rows.push(...items);
    return rows;
  }

  return {
    noun: "API key",
    mostKeys: null,

    async keys(plan) {
      const rows = await rowsOf(await consumerIdOf(plan));
      return rows.map(({ id, created_at: createdAt, key, tags }) => ({
        id,
        createdAt: typeof createdAt === "number" ? new Date(createdAt * 1_000) : null,
        lastUsedAt: null, // Kong keeps no record of use
        isActive: true,
        value: key,
        tags: tags ?? [],
      }));
    },

    lastUse: async () => null,

    isLeftBy: ({ token }, { tags }) => tags.includes(markOf(token)),

    async create(plan, { token }) {
      const consumerId = await consumerIdOf(plan);
      const made = await kong.createKey(consumerId, [ours, markOf(token)]);
      if (made === null || made.consumer.id !== consumerId) {
        throw failed("invalid-response", "createKeyAuth", "a key of another consumer came back");
      }
      return { ref: made.id, value: made.key };
    },

    partsOf: ({ value }) => ({ key: value.reveal() }),

    /**
     * Authentication runs first, acl and terminations after it: 401 means that the key is not known, 403 that it is.
     * @see https://developer.konghq.com/plugins/key-auth/
     */
    async attempt(_plan, { value }) {
      let works: boolean | null = null;
      for (let tries = 1; tries <= settings.probeTimes; tries += 1) {
        const { status, message, reachedUpstream } = await kong.tryKey(value);
        const isKnown = reachedUpstream || (status >= 200 && status < 300) || status === 403;
        if (!isKnown && status !== 401)
          return { works: null, reason: `the proxy's answer ${status} tells nothing about the key` };
        if (!isKnown && /no api key found/i.test(message ?? "")) {
          return { works: null, reason: "the proxy found no key where we put it: check probeHeader" };
        }
        // Data planes hear of a key one after the other: while they differ, nothing is certain.
        if (works !== null && works !== isKnown) return { works: null, reason: "the data planes do not agree yet" };
        works = isKnown;
      }
      const times = settings.probeTimes === 1 ? "" : ` (tried ${settings.probeTimes} times)`;
      return {
        works,
        reason: works === true ? `the proxy accepts the key${times}` : `the proxy refuses the key${times}`,
      };
    },

    async confirm(plan, id) {
      return kong.tagKey(await consumerIdOf(plan), id, [ours]);
    },

    switchOff: null, // Kong has no such state for a key

    async remove(plan, id) {
      return kong.deleteKey(await consumerIdOf(plan), id);
    },

    ownKeyId: null,

    /** Without a key the proxy must say 401 by itself: else it lets anybody in, and proves nothing. */
    async problem() {
      const { status, reachedUpstream } = await kong.tryKey(null);
      if (status === 401 && !reachedUpstream) return [];
      return [`probeUrl answers ${status} to a request without a key: it cannot tell a dead key from a live one`];
    },
  };

  function consumerOf({ issuer }: Plan): string {
    if (issuer.kind !== "kong-key") throw new TypeError(`${issuer.kind} is not Kong's`);
    return issuer.consumer;
  }
}

/** Which rotation made a key. Kong takes no comma and no slash in a tag. */
function markOf(token: string): string {
  return `${ours}-rotation:${token.replace(/[^\w.~-]/g, "_")}`;
}
