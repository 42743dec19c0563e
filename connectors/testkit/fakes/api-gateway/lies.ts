import type { Call, Fault, Reply } from "../../faults/index.ts";
import type { Make } from "./asked.ts";
import type { Span } from "./echoes.ts";
import { errorReply, type ErrorType } from "./errors.ts";
import type { Region } from "./region.ts";
import { isFields } from "./request-body.ts";
import { placeOf } from "./routes.ts";
import { arnOf } from "./tags.ts";
import { joined } from "./usage-plans.ts";
import { type ApiKey, plansOf, type UsagePlan, withKey } from "./world.ts";

/** The lies that only this target can tell; the general ones are in the fault catalogue. Each goes on a script. */
export interface ApiGatewayLies {
  /** Any error, as the API words it; nothing happens. `Retry-After` in seconds, or any text for an absurd value. */
  refuses(type: ErrorType, message?: string, retryAfter?: number | string): Fault;
  /** 429 TooManyRequestsException, with or without `Retry-After`. */
  throttles(retryAfter?: number | string): Fault;
  /** 404 NotFoundException although it exists: the caller may not see it. */
  hides(): Fault;
  /** Lists never end: every page has a `position`. What a page holds: the honest first page again, or nothing. */
  endlessPages(items?: "same" | "none"): Fault;
  /** Something happens right after a page was served, before the next one is asked for. */
  pagesDrift(between: () => void): Fault;
  /** Whatever was asked about a key, or a customer, is answered about another key, or its customer. */
  answersFor(otherKeyId: string): Fault;
  /** For deletions: once the deletion had its effect, the key is still shown for a while. */
  lingers(id: string, span: Span): Fault;
  /** For deletions: the key is gone for a while, then there again, with its value and its usage plans. */
  returns(id: string, span: Span): Fault;
  /** For deletions: someone makes a new key for the same owner, in the same usage plans, at once. */
  remints(id: string): Fault;
}

export interface LiesDeps {
  readonly regionOf: (keyId: string) => Region | undefined;
  readonly make: Make;
}

interface Held {
  readonly region: Region;
  readonly key: ApiKey;
  readonly plans: readonly UsagePlan[];
}

export function apiGatewayLies({ regionOf, make }: LiesDeps): ApiGatewayLies {
  const find = (id: string): Held | undefined => {
    const region = regionOf(id);
    const key = region?.world.keys.get(id);
    return region === undefined || key === undefined ? undefined : { region, key, plans: plansOf(region.world, id) };
  };
  /** What a deletion is about to take, remembered before it happens. */
  const remembering = (name: string, id: string, then: (held: Held) => void): Fault => {
    let held: Held | undefined;
    return {
      name,
      prepare: (call) => {
        held = find(id);
        return call;
      },
      afterwards: () => {
        if (held !== undefined && find(id) === undefined) then(held);
      },
    };
  };
  const refuses: ApiGatewayLies["refuses"] = (type, message = type, retryAfter) => ({
    name: `refuses-${type}`,
    instead: () => errorReply(type, message, retryAfter),
  });
  return {
    refuses,
    throttles: (retryAfter) => ({
      ...refuses("TooManyRequestsException", "Too Many Requests", retryAfter),
      name: retryAfter === undefined ? "throttles" : "throttles-with-retry-after",
    }),
    hides: () => ({ ...refuses("NotFoundException", "Invalid API Key identifier specified"), name: "hides" }),
    endlessPages: (items = "same") => {
      let pages = 0;
      return {
        name: "endless-pages",
        prepare: (call) => ({ ...call, query: changed(call.query, "position", null) }),
        rewrite: (reply) => {
          pages += 1;
          const position = Buffer.from(`page-${pages}`).toString("base64");
          return listed(reply, (body) => ({ ...body, position, ...(items === "none" ? { item: [] } : {}) }));
        },
      };
    },
    pagesDrift: (between) => ({ name: "pages-drift", afterwards: between }),
    answersFor: (otherKeyId) => ({ name: "wrong-key", prepare: (call) => about(call, find(otherKeyId)) }),
    lingers: (id, span) => remembering("lingers", id, ({ region, key }) => region.echoes.linger(key, span)),
    returns: (id, span) =>
      remembering("returns", id, (held) => {
        held.region.echoes.comeBack(held.key, span, () => restore(held, held.key));
      }),
    remints: (id) =>
      remembering("remints", id, (held) => restore(held, { ...held.key, id: make.id(), value: make.value() })),
  };
}

/** Puts a key into a region, and into the plans that it, or its forerunner, was in. */
function restore({ region, plans }: Held, key: ApiKey): void {
  region.meddle(plans.reduce((world, plan) => joined(world, plan, key), withKey(region.world, key)));
}

/** The call, about another key. */
function about(call: Call, other: Held | undefined): Call {
  if (other === undefined) return call;
  const { key, region } = other;
  const { params } = placeOf(call.path);
  const named = /^\/(apikeys|tags)\/[^/]+$|^\/usageplans\/[^/]+\/keys\/[^/]+$/.test(call.path)
    ? params.at(-1)
    : undefined;
  const path = call.path.split("/").slice(0, -1);
  const end = named?.startsWith("arn:") === true ? arnOf(region.name, key.id) : key.id;
  const customer = call.query.has("customerId") ? changed(call.query, "customerId", key.customerId ?? "") : call.query;
  return {
    ...call,
    path: named === undefined ? call.path : [...path, encodeURIComponent(end)].join("/"),
    query: customer.has("keyId") ? changed(customer, "keyId", key.id) : customer,
  };
}

function changed(query: URLSearchParams, name: string, value: string | null): URLSearchParams {
  const next = new URLSearchParams(query);
  if (value === null) next.delete(name);
  else next.set(name, value);
  return next;
}

/** Changes the body of a list; any other answer stays. */
function listed(reply: Reply, change: (body: Readonly<Record<string, unknown>>) => unknown): Reply {
  if (reply.content === undefined || !("json" in reply.content)) return reply;
  const body = reply.content.json;
  return isFields(body) && Array.isArray(body.item) ? { ...reply, content: { json: change(body) } } : reply;
}
