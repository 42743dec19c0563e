import { type Call, FaultSchedule, openDoor, withoutEffect } from "../../faults/index.ts";
import { accountOf } from "./account.ts";
import { ActionLog, type AwsCall, peakPerSecond } from "./action-log.ts";
import { answer } from "./answer.ts";
import type { Credentials } from "./authentication.ts";
import { type AwsIamLies, lies } from "./lies.ts";
import { paramsOf } from "./params.ts";
import { type Planted, type PlantWorld, plantWorld } from "./plant.ts";
import { type AdminRights, plantAdmin } from "./plant-admin.ts";
import { awsPolicies } from "./policies/managed.ts";
import { checkNames, reference, type Violation } from "./reference.ts";
import { type Lag, Replica } from "./replica.ts";
import { Resurrections } from "./resurrections.ts";
import type { ServiceDeps, Settings } from "./service.ts";
import { Store } from "./store.ts";
import { subjectsOf } from "./subjects.ts";
import { seededRandom } from "./throttle.ts";
import { type Alive, type AliveKind, Truth, type Trial } from "./truth.ts";
import { Usage } from "./usage.ts";

export interface FakeAwsIamOptions {
  /** Twelve digits. Default 111122223333. */
  readonly accountId?: string;
  readonly accountAlias?: string;
  /** Most items of a page, whatever was asked for. Left out: what was asked for, or 100. */
  readonly pageSize?: number;
  /** How late a change is seen by reads and comes into force, in milliseconds. */
  readonly lagMs?: number;
  /** ... and in reads answered meanwhile. */
  readonly lagReads?: number;
  /** Share of calls that are throttled, 0 to 1. */
  readonly throttleShare?: number;
  /** Makes the throttled calls the same ones each time. */
  readonly seed?: number;
  /** Actions answered by HTTP 500 and HTML. */
  readonly unknownActions?: readonly string[];
  /** Milliseconds after a password was made in which it cannot be changed: EntityTemporarilyUnmodifiable. */
  readonly loginSettlesMs?: number;
  /** Time in the account, epoch milliseconds. Default `Date.now`. Signatures are held against the real time. */
  readonly clock?: () => number;
}

/** A running fake of one account's IAM and of STS. */
export interface FakeAwsIam {
  /** Endpoint for both services. */
  readonly url: string;
  readonly accountId: string;
  /** Key of a user `lastday-admin` who may do everything. */
  readonly admin: Credentials;
  /** What goes wrong, and when. Resettable at run time. */
  readonly faults: FaultSchedule;
  /** Lies that only this target can tell, for scripts of `faults`. */
  readonly lies: AwsIamLies;
  plant(world: PlantWorld): Planted;
  /** One more user with a key, who may do what is allowed and not denied: `iam:List*`. */
  plantAdmin(rights: AdminRights): Credentials & { readonly userName: string; readonly arn: string };
  /** The first `times` writes about this thing (all of these things) answer as if done, and do nothing. Default 1. */
  stubborn(ref: string | readonly string[], times?: number): void;
  /** Behind the API's back, someone else at work, at once and everywhere: any action, as one who may do everything. */
  meddle(action: string, params: Readonly<Record<string, string>>): void;
  /** Whether a thing still works, or did not yet stop working. Kinds and refs as `aliveOf` gives them. */
  alive(kind: AliveKind, ref: string): boolean;
  /** Everything of a user that still works. */
  aliveOf(user: string): readonly Alive[];
  /** A user and all that is its own as one canonical text, by name or id: byte-equal as long as nobody changed any. */
  stateOf(user: string): string;
  /** Uses credentials without a call: what became of them. */
  tryKey(credentials: Credentials): Trial;
  /** Counts for changes from now on; those on their way keep their lag. */
  setLag(lag: { readonly lagMs?: number; readonly lagReads?: number }): void;
  /** Lets every change be seen and be in force at once. */
  catchUp(): void;
  setThrottleShare(share: number): void;
  setPageSize(size: number | null): void;
  /** Every call, in the order of arrival. */
  calls(): readonly AwsCall[];
  /** Calls of actions that ask for a change, whether or not they had an effect. */
  writes(): readonly AwsCall[];
  /** How many calls changed the account. */
  effects(): number;
  /** Most calls in any second, by the log's clock. */
  peakPerSecond(): number;
  /** What callers sent that the API reference does not know. */
  violations(): readonly Violation[];
  clearCalls(): void;
  close(): Promise<void>;
}

/** Starts IAM and STS of one account behind one loopback port given by the system. */
export async function startFakeAwsIam(options: FakeAwsIamOptions = {}): Promise<FakeAwsIam> {
  const clock = options.clock ?? Date.now;
  const account = accountOf(options.accountId ?? "111122223333", options.accountAlias ?? null);
  const truth = new Store();
  const lagOf = ({ lagMs: ms = 0, lagReads: reads = 0 }: { lagMs?: number; lagReads?: number }): Lag => ({ ms, reads });
  const view = new Replica(lagOf(options), clock);
  const gate = new Replica(lagOf(options), clock);
  const copies = [view, gate];
  const usage = new Usage();
  const settings: Settings = { pageSize: options.pageSize ?? null, loginSettlesMs: options.loginSettlesMs ?? 0 };
  const deps: ServiceDeps = { account, truth, view, gate, usage, clock, settings };
  const resurrections = new Resurrections(truth, clock);
  const log = new ActionLog();
  const faults = new FaultSchedule();
  const violations: Violation[] = [];
  const signed = new WeakMap<Call["headers"], Call>();
  const random = seededRandom(options.seed ?? 1);
  let throttleShare = options.throttleShare ?? 0;
  let changes = 0;
  truth.onChange((change) => {
    if (change.table !== "sessions") changes += 1;
    for (const copy of copies) copy.receive(change);
  });
  const flush = () => {
    for (const copy of copies) copy.flush();
  };
  const settle = () => {
    resurrections.settle();
    for (const copy of copies) copy.catchUp();
  };
  /** What the work changes is so everywhere at once, whatever else is still on its way. */
  const atOnce = <T>(work: () => T): T => {
    const releases = copies.map((copy) => copy.holding({}));
    try {
      return work();
    } finally {
      for (const release of releases) release();
    }
  };
  const plantDeps = () => ({ store: truth, account, usage, now: new Date(clock()) });

  const admin = atOnce(() => {
    for (const policy of awsPolicies(new Date("2015-02-06T18:40:00Z"))) truth.put("policies", policy);
    return plantAdmin({ name: "lastday-admin" }, plantDeps());
  });

  const answerDeps = {
    ...deps,
    unknownActions: new Set(options.unknownActions),
    isThrottled: () => throttleShare > 0 && random() < throttleShare,
    signedCall: (call: Call) => signed.get(call.headers) ?? call,
  };
  const door = await openDoor({
    name: "aws",
    schedule: faults,
    log,
    clock,
    noticed: (call) => {
      signed.set(call.headers, call);
      log.notice(call);
      violations.push(...checkNames(paramsOf(call)));
    },
    handle: (call) => {
      settle();
      view.store.touched.clear();
      const before = changes;
      const answered = (of: Call, code: string | null) => log.answered(of, { code, hadEffect: changes > before });
      const reply = answer(call, { ...answerDeps, answered });
      if (reference[paramsOf(call).get("Action") ?? ""]?.access === "read") {
        for (const counts of [...copies, resurrections]) counts.served(view.store.touched);
      }
      return reply;
    },
    rehearse: (work) => truth.rehearse(work),
    subjectsOf: (call) => subjectsOf(paramsOf(call), truth),
  });
  const facts = new Truth(deps);

  return {
    url: door.url,
    accountId: account.id,
    admin,
    faults,
    lies: lies({ ...deps, resurrections }),
    plant: (world) => atOnce(() => plantWorld(world, plantDeps())),
    plantAdmin: (rights) => atOnce(() => plantAdmin(rights, plantDeps())),
    stubborn: (ref, times = 1) => {
      const refs = [ref].flat();
      const isAbout = (call: Call) => {
        const subjects = subjectsOf(paramsOf(call), truth);
        const isWrite = reference[paramsOf(call).get("Action") ?? ""]?.access === "write";
        return isWrite && refs.every((one) => subjects.includes(one));
      };
      faults.add({ on: { when: isAbout }, times, fault: withoutEffect() });
    },
    meddle: (action, params) => atOnce(() => facts.meddle(admin.accessKeyId, action, params)),
    alive: (kind, ref) => {
      settle();
      return facts.alive(kind, ref);
    },
    aliveOf: (user) => {
      settle();
      return facts.aliveOf(user);
    },
    stateOf: (user) => {
      settle();
      return facts.stateOf(user);
    },
    tryKey: (credentials) => {
      settle();
      return facts.tryKey(credentials);
    },
    setLag: (lag) => {
      for (const copy of copies) copy.setLag(lagOf(lag));
    },
    catchUp: flush,
    setThrottleShare: (share) => {
      throttleShare = share;
    },
    setPageSize: (size) => {
      settings.pageSize = size;
    },
    calls: () => log.actions(),
    writes: () => log.actions().filter((call) => call.isWrite),
    effects: () => log.actions().filter((call) => call.hadEffect).length,
    peakPerSecond: () => peakPerSecond(log.all()),
    violations: () => [...violations],
    clearCalls: () => {
      log.clear();
      violations.length = 0;
    },
    close: () => door.close(),
  };
}
