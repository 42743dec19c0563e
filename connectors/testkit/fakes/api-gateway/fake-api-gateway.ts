import { peakPerSecond } from "../../aws/call-rate.ts";
import { type Call, CallLog, FaultSchedule, type LoggedCall, openDoor, withoutEffect } from "../../faults/index.ts";
import { checkerOf, type Violation } from "../../openapi/index.ts";
import { type AdminCredentials, Admins, type PlantAdmin } from "./admins.ts";
import { api } from "./api-2015-07-09.ts";
import { controlPlane } from "./control-plane.ts";
import { answerStage } from "./data-plane.ts";
import { type ApiGatewayLies, apiGatewayLies } from "./lies.ts";
import { emptyWorld, make } from "./made-up.ts";
import type { PagingMode } from "./paging.ts";
import { type PlantedKey, type PlantKey, plantKey } from "./plant.ts";
import { Region } from "./region.ts";
import type { Lag } from "./replica.ts";
import { namesIn } from "./request-body.ts";
import { subjectsOf } from "./subjects.ts";
import { aliveOf, stateOf } from "./truth.ts";
import { stagesOpenTo, withKey, withoutKey, type World } from "./world.ts";

/** `lagMs` and `lagReads` are those of the control plane's reads. */
export interface FakeApiGatewayOptions extends Lag {
  /** Default `eu-central-1` alone. Each has its own keys, usage plans and REST API. */
  readonly regions?: readonly string[];
  /** Default `123456789012`. */
  readonly accountId?: string;
  /** Stages of each region's API, each asking for an API key. Default `prod` and `test`. */
  readonly stages?: readonly string[];
  /** How far the data plane is behind. Default: not at all. */
  readonly dataPlane?: Lag;
  readonly paging?: PagingMode;
  /** Forces every page to this size, whatever was asked for. */
  readonly pageSize?: number;
  /** The share of control-plane calls, 0 to 1, that are throttled without an effect. Default 0. */
  readonly throttleShare?: number;
  /** Seconds in the `Retry-After` of those. Left out: no such header. */
  readonly throttleRetryAfter?: number;
  /** Which calls are unlucky. Default 1. */
  readonly seed?: number;
  /** The tag that says whose a key is, for `plant` and `stateOf`. Default `owner`. */
  readonly ownerTag?: string;
  /** Epoch milliseconds, for dates, lags and the log; signatures go by the system's time. Default `Date.now`. */
  readonly clock?: () => number;
}

/** A running fake of Amazon API Gateway. */
export interface FakeApiGateway {
  readonly accountId: string;
  readonly regions: readonly string[];
  /** Credentials that may do everything. */
  readonly admin: AdminCredentials;
  /** The control plane of a region; door `control/{region}`. */
  controlUrl(region?: string): string;
  /** A stage of a region's API, at the data plane; door `data`. Default: the first stage of the first region. */
  stageUrl(region?: string, stage?: string): string;
  /** What goes wrong, and when. Resettable at run time. */
  readonly faults: FaultSchedule;
  /** Lies that only this target can tell, for scripts of `faults`. */
  readonly lies: ApiGatewayLies;
  /** Lets someone else in, with fewer permissions or for a session. */
  plantAdmin(admin: PlantAdmin): AdminCredentials;
  /** Takes an admin's credentials away. */
  removeAdmin(admin: AdminCredentials): void;
  /** Puts keys in place everywhere at once, without a call in the log. */
  plant(world: { readonly keys: readonly PlantKey[] }): { readonly keys: readonly PlantedKey[] };
  /** Takes a key away behind the API's back: someone else at work. */
  remove(id: string): void;
  /** Switches a key on or off behind the API's back. */
  setEnabled(id: string, enabled: boolean): void;
  /** The first `times` deletions of this key (or changes, with `PATCH`) answer as if done, and do nothing. Default 1. */
  stubborn(id: string, times?: number, method?: "DELETE" | "PATCH"): void;
  /** The true state of a region; a copy. */
  state(region?: string): World;
  /** All keys of an owner (tag or customer id), in every region, with their usage plans, as one canonical text. */
  stateOf(owner: string): string;
  /** By the true state: existing and enabled. */
  alive(key: string | { readonly id: string }): boolean;
  /** Ids of an owner's keys that are alive, in order. */
  aliveOf(owner: string): string[];
  /** Whether the data plane lets the key into some stage at present. */
  works(key: string | { readonly id: string }): boolean;
  setLag(of: "reads" | "data-plane", lag: Lag): void;
  /** Brings the reads and the data plane of every region up to date at once. */
  catchUp(): void;
  /** Every call through any door, in the order of arrival. */
  calls(): readonly LoggedCall[];
  /** Calls of the control plane that asked for a change, whether or not they had an effect. */
  writes(): readonly LoggedCall[];
  /** How many calls changed something, ever. */
  effects(): number;
  /** Most calls of a region's control plane in any sliding second; left out, of the busiest one. */
  peakPerSecond(region?: string): number;
  /** What callers asked of the control plane that the vendor's reference does not know. */
  violations(): readonly Violation[];
  clearCalls(): void;
  close(): Promise<void>;
}

/** Starts a control plane per region and one data plane, each on a loopback port given by the system. */
export async function startFakeApiGateway(options: FakeApiGatewayOptions = {}): Promise<FakeApiGateway> {
  const { accountId = "123456789012", stages = ["prod", "test"], ownerTag = "owner", clock = Date.now } = options;
  const now = () => Math.floor(clock() / 1_000);
  const regions = (options.regions ?? ["eu-central-1"]).map(
    (name) =>
      new Region(emptyWorld(stages, now()), {
        name,
        clock,
        readLag: options,
        dataPlaneLag: options.dataPlane ?? {},
      }),
  );
  const admins = new Admins(accountId);
  const faults = new FaultSchedule();
  const log = new CallLog();
  const violations: Violation[] = [];
  const check = checkerOf(api);
  const shared = { schedule: faults, log, clock };
  const control = controlPlane({ admins, options, clock });
  const controlDoors = await Promise.all(
    regions.map((region) =>
      openDoor({
        ...shared,
        name: doorOf(region.name),
        handle: (call) => control.answer(call, region),
        noticed: (call) => {
          region.echoes.settle();
          control.notice(call, region);
          violations.push(...check({ method: call.method, path: call.path, ...namesIn(call) }));
        },
        rehearse: (work) => region.rehearse(work),
        subjectsOf: (call) => subjectsOf(call, region, ownerTag),
      }),
    ),
  );
  const dataDoor = await openDoor({
    ...shared,
    name: "data",
    handle: (call: Call) => answerStage(call, regions),
    rehearse: (work) => work(),
    subjectsOf: () => [],
  });

  const named = (name: string | undefined): { readonly region: Region; readonly url: string } => {
    const at = name === undefined ? 0 : regions.findIndex((one) => one.name === name);
    const [region, url] = [regions[at], controlDoors[at]?.url];
    if (region === undefined || url === undefined) throw new Error(`no region ${name}`);
    return { region, url };
  };
  const settled = () => {
    for (const region of regions) region.echoes.settle();
    return regions;
  };
  const regionOf = (id: string) => settled().find((region) => region.world.keys.has(id));
  const keyOf = (id: string) => {
    const region = regionOf(id);
    const key = region?.world.keys.get(id);
    if (region === undefined || key === undefined) throw new Error(`no key ${id}`);
    return { region, key };
  };
  const callsOf = (door: string) => log.all().filter((call) => call.door === door);
  return {
    accountId,
    regions: regions.map((region) => region.name),
    admin: admins.plant({}),
    controlUrl: (region) => named(region).url,
    stageUrl: (region, stage = stages[0]) => `${dataDoor.url}/${named(region).region.world.api.id}/${stage}`,
    faults,
    lies: apiGatewayLies({ regionOf, make }),
    plantAdmin: (admin) => admins.plant(admin),
    removeAdmin: (admin) => admins.remove(admin),
    plant: ({ keys }) => ({
      keys: keys.map((key) => plantKey(named(key.region).region, key, { ownerTag, now: now(), make })),
    }),
    remove: (id) => {
      const { region } = keyOf(id);
      region.meddle(withoutKey(region.world, id));
    },
    setEnabled: (id, enabled) => {
      const { region, key } = keyOf(id);
      region.meddle(withKey(region.world, { ...key, enabled }));
    },
    stubborn: (id, times = 1, method = "DELETE") => {
      faults.add({ on: { method, path: /^\/apikeys\//, subject: id }, times, fault: withoutEffect() });
    },
    state: (region) => structuredClone(named(region).region.world),
    stateOf: (owner) => stateOf(settled(), owner, ownerTag),
    alive: (key) => regionOf(idOf(key))?.world.keys.get(idOf(key))?.enabled ?? false,
    aliveOf: (owner) => aliveOf(settled(), owner, ownerTag),
    works: (key) =>
      settled().some((region) => {
        const world = region.dataPlane.now();
        const held = world.keys.get(idOf(key));
        return held !== undefined && stagesOpenTo(world, held).length > 0;
      }),
    setLag: (of, lag) => {
      for (const region of regions) (of === "reads" ? region.reads : region.dataPlane).setLag(lag);
    },
    catchUp: () => {
      for (const region of regions) region.flush();
    },
    calls: () => log.all(),
    writes: () => log.all().filter((call) => call.door !== "data" && call.isWrite),
    effects: () => regions.reduce((sum, region) => sum + region.effects, 0),
    peakPerSecond: (region) => {
      const asked = region === undefined ? regions.map(({ name }) => name) : [named(region).region.name];
      return Math.max(...asked.map((name) => peakPerSecond(callsOf(doorOf(name)).map(({ at }) => at.getTime()))));
    },
    violations: () => [...violations],
    clearCalls: () => {
      log.clear();
      violations.length = 0;
    },
    close: async () => {
      await Promise.all([...controlDoors, dataDoor].map((door) => door.close()));
    },
  };
}

function doorOf(region: string): string {
  return `control/${region}`;
}

function idOf(key: string | { readonly id: string }): string {
  return typeof key === "string" ? key : key.id;
}
