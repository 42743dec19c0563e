import type { Verdict } from "../../../src/domain/access.ts";
import type { Secret } from "../../contract/secret.ts";
import type { ProxyAnswer } from "./client.ts";
import type { KongDeps } from "./deps.ts";

/** Tries a key as often as configured: dead only if every try was refused, alive as soon as one was let through. */
export async function tryAtProxy(url: string, key: Secret, { kong, settings }: KongDeps): Promise<Verdict> {
  const { probeTimes } = settings;
  for (let tries = 1; tries < probeTimes; tries += 1) {
    const verdict = readAnswer(await kong.tryKey(url, key));
    if (verdict.state !== "dead") return verdict;
  }
  const last = readAnswer(await kong.tryKey(url, key));
  return last.state === "dead" ? { ...last, reason: `${last.reason} (tried ${probeTimes} times)` } : last;
}

/**
 * What an answer of the proxy says about the key that was sent. Authentication runs first (key-auth has priority 1250),
 * acl (950) and our own freeze, request-termination (2), after it: 401 means that the key is not known, 403 that it is.
 *
 * @see https://developer.konghq.com/plugins/request-termination/ "Request termination priority"
 * @see https://github.com/Kong/kong/blob/master/kong/plugins/key-auth/handler.lua
 */
export function readAnswer({ status, message, reachedUpstream }: ProxyAnswer): Verdict {
  if (reachedUpstream || (status >= 200 && status < 300)) {
    return { state: "alive", by: "probe", reason: `the proxy let the key through (${status})` };
  }
  if (status === 403) {
    return { state: "alive", by: "probe", reason: "the proxy knows the key and forbids its use (403)" };
  }
  if (status === 401 && message !== null && /no api key found/i.test(message)) {
    return { state: "unknown", by: "probe", reason: "the proxy found no key where we put it: check probeHeader" };
  }
  if (status === 401) return { state: "dead", by: "probe", reason: "the proxy refused the key (401)" };
  return { state: "unknown", by: "probe", reason: `the proxy's answer ${status} tells nothing about the key` };
}
