import { randomUUID } from "node:crypto";
import {
  type Call,
  CallLog,
  FaultSchedule,
  type LoggedCall,
  openDoor,
  type Reply,
  withoutEffect,
} from "../../faults/index.ts";
import { checkerOf, type Violation } from "../../openapi/index.ts";
import { adminApi } from "./admin-api-3.14.ts";
import { answerAdmin, json, namesIn, subjectsOfAdmin } from "./admin.ts";
import { DataPlane, type DataPlaneOptions, type Lag } from "./data-planes.ts";
import { Echoes } from "./echoes.ts";
import { Entities } from "./entities.ts";
import { kindNamed, kinds, randomValue, tableOf } from "./kinds.ts";
import { kongLies, type KongLies } from "./lies.ts";
import { aboutNode, aboutStatus } from "./node-info.ts";
import { oauth2Api } from "./oauth2-api.ts";
import { type PagingMode, type PagingOptions } from "./paging.ts";
import { type PlantConsumer, plantConsumer, type PlantedConsumer } from "./plant.ts";
import { answerProxy } from "./proxy.ts";
import { type Json, type Row, Store } from "./store.ts";

export interface FakeKongOptions {
  /** Asked for in `Kong-Admin-Token`; without it, or with another, the Admin API answers 401. Left out: no token asked. */
  readonly adminToken?: string;
  /** A second token that may only read; it gets 403 on writes. Heeded with `adminToken` only. */
  readonly readOnlyToken?: string;
  /** Adds what the open-source edition has not: mtls-auth. */
  readonly isEnterprise?: boolean;
  /** The data planes behind the proxy port; requests go round them. Left out: one, without lag. */
  readonly dataPlanes?: readonly DataPlaneOptions[];
  readonly paging?: PagingMode;
  /** Forces every page to this size, whatever was asked for. */
  readonly pageSize?: number;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly clock?: () => number;
}

/** A running fake of Kong Gateway. */
export interface FakeKong {
  readonly adminUrl: string;
  readonly proxyUrl: string;
  /** What goes wrong, and when. Resettable at run time. */
  readonly faults: FaultSchedule;
  /** Lies that only this target can tell, for scripts of `faults`. */
  readonly lies: KongLies;
  /** Puts consumers with credentials in place everywhere at once, without a call in the log. */
  plant(world: { readonly consumers: readonly PlantConsumer[] }): { readonly consumers: readonly PlantedConsumer[] };
  /** Takes an entity, and all that belongs to it, away behind the API's back: someone else at work. */
  remove(id: string): void;
  /** The first `times` deletions of this entity answer 204 and do nothing. Default 1. */
  stubborn(id: string, times?: number): void;
  /** Everything stored, by kind, in order of id; a copy. */
  state(): Readonly<Record<string, readonly Row[]>>;
  /** A consumer and all that belongs to it as one canonical text: byte-equal as long as nobody touched any of it. */
  stateOf(consumerId: string): string;
  /** The truth about a credential: stored, or still held by some data plane. A freeze does not count as death. */
  alive(credential: string | { readonly id: string }): boolean;
  /** Names of the data planes that still hold the entity. */
  servedBy(id: string): string[];
  /** Counts for changes from now on; those on their way keep their lag, and stay in order. */
  setLag(dataPlane: string, lag: Lag): void;
  /** Brings every data plane up to date at once. */
  catchUp(): void;
  /** Every call through either port, in the order of arrival. */
  calls(): readonly LoggedCall[];
  /** Calls of the Admin API that asked for a change, whether or not they had an effect. */
  writes(): readonly LoggedCall[];
  /** What callers asked of the Admin API that the vendor's description does not know. */
  violations(): readonly Violation[];
  clearCalls(): void;
  close(): Promise<void>;
}

/** Starts the Admin API and the proxy, each on a loopback port given by the system. */
export async function startFakeKong(options: FakeKongOptions = {}): Promise<FakeKong> {
  const clock = options.clock ?? Date.now;
  const isEnterprise = options.isEnterprise ?? false;
  const store = new Store(kinds.map(tableOf));
  const entities = new Entities(store, clock);
  const echoes = new Echoes(clock);
  const planes = (options.dataPlanes ?? [{ name: "proxy" }]).map((one) => new DataPlane(one, clock));
  store.onChange((change) => {
    for (const plane of planes) plane.receive(change);
  });
  const serviceId = layRoutes(entities);
  for (const plane of planes) plane.flush();

  const faults = new FaultSchedule();
  const log = new CallLog();
  const paging: PagingOptions = {
    mode: options.paging ?? "keyset",
    ...(options.pageSize === undefined ? {} : { pageSize: options.pageSize }),
  };
  const nodeId = randomUUID();
  const about = () => aboutNode(nodeId, isEnterprise);
  const adminDeps = { store, entities, echoes, paging, isEnterprise, about, status: aboutStatus };
  const check = checkerOf({
    ...adminApi,
    operations: { ...adminApi.operations, ...oauth2Api.operations },
  });
  const violations: Violation[] = [];
  let turn = 0;

  const admin = await openDoor({
    name: "admin",
    schedule: faults,
    log,
    clock,
    handle: (call) => refusedByRbac(call, options) ?? branded(answerAdmin(call, adminDeps)),
    noticed: (call) => {
      echoes.settle();
      violations.push(...check({ method: call.method, path: call.path, ...namesIn(call) }));
    },
    rehearse: (work) => store.rehearse(work),
    subjectsOf: (call) => subjectsOfAdmin(call, entities, isEnterprise),
  });
  const proxy = await openDoor({
    name: "proxy",
    schedule: faults,
    log,
    clock,
    handle: (call) => {
      const plane = planes[turn++ % planes.length];
      if (plane === undefined) return json(503, { message: "no data plane" });
      plane.catchUp();
      const reply = answerProxy(call, plane.store, clock());
      plane.served();
      return reply;
    },
    rehearse: (work) => work(),
    subjectsOf: () => [],
  });

  const servedBy = (id: string) => {
    for (const plane of planes) plane.catchUp();
    return planes.filter((plane) => holderOf(plane.store, id) !== undefined).map((plane) => plane.name);
  };
  return {
    adminUrl: admin.url,
    proxyUrl: proxy.url,
    faults,
    lies: kongLies({ store, entities, echoes }),
    plant: ({ consumers }) => {
      const planted = consumers.map((one) => plantConsumer(entities, one, serviceId, randomValue));
      for (const plane of planes) plane.flush();
      return { consumers: planted };
    },
    remove: (id) => {
      const kind = kinds.find((one) => store.get(one.name, id) !== undefined);
      const row = kind === undefined ? undefined : store.get(kind.name, id);
      if (kind !== undefined && row !== undefined) entities.remove(kind, row);
    },
    stubborn: (id, times = 1) => {
      faults.add({ on: { door: "admin", method: "DELETE", subject: id }, times, fault: withoutEffect() });
    },
    state: () => structuredClone(Object.fromEntries(store.tables().map((table) => [table, store.all(table)]))),
    stateOf: (consumerId) => canonical(belongings(store, consumerId)),
    alive: (credential) => {
      echoes.settle();
      const id = typeof credential === "string" ? credential : credential.id;
      const row = holderOf(store, id);
      return (row !== undefined && !entities.isExpired(row)) || servedBy(id).length > 0;
    },
    servedBy,
    setLag: (name, lag) => {
      const plane = planes.find((one) => one.name === name);
      if (plane === undefined) throw new Error(`no data plane ${name}`);
      plane.setLag(lag);
    },
    catchUp: () => {
      for (const plane of planes) plane.flush();
    },
    calls: () => log.all(),
    writes: () => log.all().filter((call) => call.door === "admin" && call.isWrite),
    violations: () => [...violations],
    clearCalls: () => {
      log.clear();
      violations.length = 0;
    },
    close: async () => {
      await Promise.all([admin.close(), proxy.close()]);
    },
  };
}

/** One service with a route per way to authenticate: `/key-auth`, `/basic-auth`, ..., and `/acl` for group `staff`. */
function layRoutes(entities: Entities): string {
  const service = entities.create(kindNamed("services"), { name: "upstream", host: "upstream.invalid" });
  const lay = (name: string, names: readonly string[]) => {
    const route = entities.create(kindNamed("routes"), { name, paths: [`/${name}`], service: { id: service.id } });
    for (const plugin of names) {
      const config = plugin === "acl" ? { config: { allow: ["staff"] } } : {};
      entities.create(kindNamed("plugins"), { name: plugin, route: { id: route.id }, ...config });
    }
  };
  for (const name of ["key-auth", "basic-auth", "jwt", "hmac-auth", "oauth2"]) lay(name, [name]);
  lay("acl", ["key-auth", "acl"]);
  lay("open", []);
  return service.id;
}

/** Bodies as Kong Gateway Enterprise says them under RBAC: https://docs.konghq.com/gateway/2.8.x/admin-api/rbac/reference */
function refusedByRbac(call: Call, { adminToken, readOnlyToken }: FakeKongOptions): Reply | undefined {
  if (adminToken === undefined) return undefined;
  const token = call.headers["kong-admin-token"];
  if (token === adminToken) return undefined;
  if (readOnlyToken === undefined || token !== readOnlyToken) {
    return json(401, { message: "Invalid credentials. Token or User credentials required" });
  }
  const verb = { POST: "create", PUT: "update", PATCH: "update", DELETE: "delete" }[call.method];
  if (verb === undefined) return undefined;
  return json(403, { message: `auditor, you do not have permissions to ${verb} this resource` });
}

function branded(reply: Reply): Reply {
  return {
    ...reply,
    headers: { server: "kong/3.14.0", "x-kong-admin-request-id": randomUUID().replaceAll("-", ""), ...reply.headers },
  };
}

function holderOf(store: Store, id: string): Row | undefined {
  return store.tables().flatMap((table) => store.get(table, id) ?? [])[0];
}

/** A consumer's rows by kind, tokens of its OAuth applications included. */
function belongings(store: Store, consumerId: string): Json {
  const own = kinds.filter((kind) => kind.foreign.consumer !== undefined);
  const held = own.map((kind) => [kind.name, store.pointingAt(kind.name, "consumer", consumerId)] as const);
  const applications = store.pointingAt("oauth2_credentials", "consumer", consumerId);
  const tokens = applications.flatMap((row) => store.pointingAt("oauth2_tokens", "credential", row.id));
  return Object.fromEntries([
    ["consumer", store.get("consumers", consumerId) ?? null],
    ...held,
    ["oauth2_tokens", tokens],
  ]);
}

/** JSON with the keys of every object in order. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_, one: Json) =>
    one !== null && typeof one === "object" && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
