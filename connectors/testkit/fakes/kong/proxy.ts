import { randomUUID } from "node:crypto";
import type { Call, Reply } from "../../faults/index.ts";
import { authenticators, type Seen } from "./authenticators.ts";
import { asRecord } from "./entities.ts";
import { defaultMessages, plugins } from "./plugin-configs.ts";
import { foreignId, type Json, type Row, type Store } from "./store.ts";

/**
 * Answers one proxied request by a data plane's configuration: route, plugins by priority, then an upstream that tells
 * who was let in (the headers Kong adds, as JSON).
 */
export function answerProxy(call: Call, store: Store, nowMs: number): Reply {
  const requestId = randomUUID().replaceAll("-", "");
  const reply = pass(call, store, nowMs, requestId);
  return { ...reply, headers: { via: "1.1 kong/3.14.0", "x-kong-request-id": requestId, ...reply.headers } };
}

function pass(call: Call, store: Store, nowMs: number, requestId: string): Reply {
  const route = routeOf(call, store);
  if (route === undefined) {
    return say(404, { message: "no Route matched with those values", request_id: requestId });
  }
  const serviceId = foreignId(route, "service");
  let credential: Row | null = null;
  let consumer: Row | null = null;
  for (const name of byPriority) {
    const config = configFor(name, store, { route: route.id, service: serviceId, consumer: consumer?.id ?? null });
    if (config === undefined) continue;
    const seen: Seen = { call, store, config, nowMs, serviceId, requestId };
    const authenticate = authenticators[name];
    if (authenticate !== undefined) {
      const result = authenticate(seen);
      if ("refusal" in result) return result.refusal;
      ({ credential } = result);
      consumer = store.get("consumers", result.consumerId) ?? null;
    } else if (name === "acl" && !isInGroup(store, config, consumer)) {
      return say(403, { message: "You cannot consume this service" });
    } else if (name === "request-termination") return terminated(config);
  }
  return say(200, { path: call.path, headers: forwarded(credential, consumer) });
}

const byPriority = Object.entries(plugins)
  .sort(([, a], [, b]) => b.priority - a.priority)
  .map(([name]) => name);

/** The route with the longest path that the request's path starts with. */
function routeOf(call: Call, store: Store): Row | undefined {
  const matching = store.all("routes").flatMap((route) => {
    const paths = Array.isArray(route.paths) ? route.paths.map(String) : [];
    const lengths = paths.filter((path) => call.path.startsWith(path)).map((path) => path.length);
    return lengths.length === 0 ? [] : [{ route, length: Math.max(...lengths) }];
  });
  return matching.sort((a, b) => b.length - a.length)[0]?.route;
}

interface Scope {
  readonly route: string;
  readonly service: string | null;
  readonly consumer: string | null;
}

/**
 * The configuration of a plugin that is most specific to the request: consumer before route before service before all.
 *
 * @see https://docs.konghq.com/gateway/latest/admin-api/#precedence
 */
function configFor(name: string, store: Store, scope: Scope): Readonly<Record<string, Json>> | undefined {
  const weights = { consumer: 4, route: 2, service: 1 } as const;
  const fields = ["consumer", "route", "service"] as const;
  const ofAnyone = store.pointingAt("plugins", "consumer", "");
  const ofThem = scope.consumer === null ? [] : store.pointingAt("plugins", "consumer", scope.consumer);
  const fitting = [...ofAnyone, ...ofThem].flatMap((plugin) => {
    if (plugin.name !== name || plugin.enabled !== true) return [];
    const bound = fields.filter((field) => foreignId(plugin, field) !== null);
    if (bound.some((field) => foreignId(plugin, field) !== scope[field])) return [];
    return [{ plugin, weight: bound.reduce((sum, field) => sum + weights[field], 0) }];
  });
  const best = fitting.sort((a, b) => b.weight - a.weight)[0];
  return best === undefined ? undefined : asRecord(best.plugin.config);
}

function isInGroup(store: Store, config: Readonly<Record<string, Json>>, consumer: Row | null): boolean {
  if (consumer === null) return false;
  const groups = store.pointingAt("acls", "consumer", consumer.id).map((row) => row.group);
  const listed = (list: Json | undefined) =>
    Array.isArray(list) && list.some((group) => groups.includes(String(group)));
  return Array.isArray(config.deny) ? !listed(config.deny) : listed(config.allow);
}

/** https://github.com/Kong/kong/blob/master/kong/plugins/request-termination/handler.lua */
function terminated(config: Readonly<Record<string, Json>>): Reply {
  const status = Number(config.status_code);
  if (typeof config.body === "string") {
    const type = typeof config.content_type === "string" ? config.content_type : "application/json; charset=utf-8";
    return { status, content: { raw: config.body, type } };
  }
  const message = config.message ?? defaultMessages[status];
  return message === undefined ? { status } : say(status, { message });
}

function forwarded(credential: Row | null, consumer: Row | null): Json {
  return {
    "x-consumer-id": consumer?.id ?? null,
    "x-consumer-username": consumer?.username ?? null,
    "x-consumer-custom-id": consumer?.custom_id ?? null,
    "x-credential-identifier": credential?.id ?? null,
  };
}

function say(status: number, body: Json): Reply {
  return { status, content: { json: body } };
}
