import { randomUUID } from "node:crypto";
import type { Call, Reply } from "../../faults/index.ts";
import type { Echoes } from "./echoes.ts";
import type { Owned, OwnedTable, State } from "./state.ts";

export interface ApiDeps {
  state: State;
  echoes: Echoes;
  adminToken: string;
  /** Forces every page to this size. */
  pageSize?: number;
  clock: () => number;
}

type Answer = (parts: readonly string[], call: Call, deps: ApiDeps) => Reply;

/** The whole API. What is not here is 404. */
const routes: readonly (readonly [method: string, path: RegExp, answer: Answer])[] = [
  ["GET", /^\/users$/, (_, call, deps) => page(deps.state.users, call, deps)],
  ["GET", /^\/users\/([^/]+)$/, ([id], _, { state }) => found(state.users.find((user) => user.id === id))],
  ["PATCH", /^\/users\/([^/]+)$/, suspend],
  ["DELETE", /^\/users\/([^/]+)$/, deleteUser],
  ["GET", /^\/users\/([^/]+)\/(tokens|sessions|devices)$/, listOwned],
  ["GET", /^\/users\/([^/]+)\/exposures$/, listExposures],
  ["PATCH", /^\/users\/([^/]+)\/tokens\/([^/]+)$/, switchToken],
  ["DELETE", /^\/users\/([^/]+)\/(tokens|sessions)\/([^/]+)$/, deleteOwned],
  ["GET", /^\/secrets\/([^/]+)\/keys$/, ([name], call, deps) => page(keysOf(name, deps), call, deps)],
  ["POST", /^\/secrets\/([^/]+)\/keys$/, issueKey],
  ["DELETE", /^\/secrets\/([^/]+)\/keys\/([^/]+)$/, deleteKey],
  ["PATCH", /^\/secrets\/([^/]+)$/, setCurrent],
  ["GET", /^\/secrets\/([^/]+)\/consumers$/, listConsumers],
  ["PUT", /^\/secrets\/([^/]+)\/consumers\/([^/]+)$/, setConsumer],
];

/** One call. `/whoami` tells whether a value works; all else wants the administrator's. */
export function answer(call: Call, deps: ApiDeps): Reply {
  deps.echoes.settle(deps.state);
  const value = call.headers.authorization?.replace(/^Bearer /, "") ?? "";
  if (call.path === "/whoami") return whoami(value, deps);
  if (value !== deps.adminToken) return reply(401, { error: "unauthorized" });
  for (const [method, path, work] of routes) {
    const match = call.method === method ? path.exec(call.path) : null;
    if (match !== null) return work(match.slice(1).map(decodeURIComponent), call, deps);
  }
  return notFound;
}

function whoami(value: string, { state, adminToken }: ApiDeps): Reply {
  const token = state.tokens.find((one) => one.value === value && one.enabled);
  const owner = state.users.find(({ id }) => id === token?.userId);
  if (owner?.suspendedBy !== null && owner !== undefined) return reply(403, { error: "suspended" });
  const works = value === adminToken || token !== undefined || state.keys.some((key) => key.value === value);
  return works ? reply(200, { ok: true }) : reply(401, { error: "unauthorized" });
}

function suspend([id]: readonly string[], call: Call, { state }: ApiDeps): Reply {
  const user = state.users.find((one) => one.id === id);
  if (user === undefined) return notFound;
  const by = bodyOf(call)["suspendedBy"];
  user.suspendedBy = typeof by === "string" ? by : null;
  return reply(200, user);
}

/** A user who still holds something stays. */
function deleteUser([id]: readonly string[], _: Call, { state }: ApiDeps): Reply {
  if (!state.users.some((user) => user.id === id)) return notFound;
  if ([...state.tokens, ...state.sessions].some(({ userId }) => userId === id)) {
    return reply(409, { error: "the user still has tokens or sessions" });
  }
  state.users = state.users.filter((user) => user.id !== id);
  state.devices = state.devices.filter(({ userId }) => userId !== id);
  state.exposures = state.exposures.filter(({ userId }) => userId !== id);
  return reply(204);
}

function listOwned([userId = "", table]: readonly string[], call: Call, deps: ApiDeps): Reply {
  if (!deps.state.users.some(({ id }) => id === userId)) return notFound;
  const name = table as OwnedTable;
  const own = (deps.state[name] as Owned[]).filter((row) => row.userId === userId);
  return page(deps.echoes.shown(name, own, userId), call, deps);
}

function listExposures([userId]: readonly string[], call: Call, deps: ApiDeps): Reply {
  const { users, exposures, keys } = deps.state;
  if (!users.some(({ id }) => id === userId)) return notFound;
  const open = exposures.flatMap(({ keyId, ...exposure }) => {
    const key = keys.find(({ id }) => id === keyId);
    return exposure.userId !== userId || key === undefined ? [] : [{ ...exposure, keyId, secret: key.secret }];
  });
  return page(open, call, deps);
}

function switchToken([userId, id]: readonly string[], call: Call, { state }: ApiDeps): Reply {
  const token = state.tokens.find((one) => one.id === id && one.userId === userId);
  if (token === undefined) return notFound;
  token.enabled = bodyOf(call)["enabled"] === true;
  return reply(200, token);
}

function deleteOwned([userId, table, id]: readonly string[], _: Call, { state }: ApiDeps): Reply {
  const name = table as "tokens" | "sessions";
  const rest = (state[name] as Owned[]).filter((row) => row.id !== id || row.userId !== userId);
  if (rest.length === state[name].length) return notFound;
  Object.assign(state, { [name]: rest });
  return reply(204);
}

/** Values are shown once, when they are made. */
function keysOf(name: string | undefined, { state }: ApiDeps) {
  return state.keys.filter(({ secret }) => secret === name).map((key) => ({ ...key, value: undefined }));
}

function issueKey([secret = ""]: readonly string[], call: Call, { state, clock }: ApiDeps): Reply {
  if (!state.secrets.some(({ name }) => name === secret)) return notFound;
  const { mark } = bodyOf(call);
  const createdAt = new Date(clock()).toISOString();
  const [id, value] = [`key-${randomUUID()}`, `value-${randomUUID()}`];
  const key = { id, secret, value, mark: typeof mark === "string" ? mark : "", createdAt };
  state.keys.push(key);
  return reply(201, key);
}

function deleteKey([secret, id]: readonly string[], _: Call, { state }: ApiDeps): Reply {
  const rest = state.keys.filter((key) => key.id !== id || key.secret !== secret);
  if (rest.length === state.keys.length) return notFound;
  state.keys = rest;
  return reply(204);
}

function setCurrent([name]: readonly string[], call: Call, { state }: ApiDeps): Reply {
  const secret = state.secrets.find((one) => one.name === name);
  if (secret === undefined) return notFound;
  const { currentKeyId } = bodyOf(call);
  if (typeof currentKeyId === "string") secret.currentKeyId = currentKeyId;
  return reply(200, secret);
}

/** Of a consumer's value only which key it is can be seen. */
function listConsumers([name]: readonly string[], call: Call, deps: ApiDeps): Reply {
  const { keys, consumers } = deps.state;
  const using = consumers
    .filter(({ secret }) => secret === name)
    .map(({ id, value }) => ({ id, keyId: keys.find((key) => key.value === value)?.id ?? null }));
  return page(using, call, deps);
}

function setConsumer([name, id]: readonly string[], call: Call, { state }: ApiDeps): Reply {
  const consumer = state.consumers.find((one) => one.id === id && one.secret === name);
  const { value } = bodyOf(call);
  if (consumer === undefined || typeof value !== "string") return notFound;
  consumer.value = value;
  return reply(204);
}

/** One page in order of id; `next` is the last id of a page that is not the last. */
function page(rows: readonly { id: string }[], { query }: Call, { pageSize }: ApiDeps): Reply {
  const size = pageSize ?? Number(query.get("size") ?? "50");
  const after = query.get("after") ?? "";
  const rest = rows.filter(({ id }) => id > after).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const items = rest.slice(0, size);
  return reply(200, { items, next: rest.length > size ? (items.at(-1)?.id ?? null) : null });
}

function found(row: object | undefined): Reply {
  return row === undefined ? notFound : reply(200, row);
}

function bodyOf({ body }: Call): Record<string, unknown> {
  return body.length === 0 ? {} : (JSON.parse(body.toString("utf8")) as Record<string, unknown>);
}

const notFound: Reply = { status: 404, content: { json: { error: "not found" } } };

function reply(status: number, json?: unknown): Reply {
  return json === undefined ? { status } : { status, content: { json: structuredClone(json) } };
}
