import { generateKeyPairSync } from "node:crypto";
import { CallLog, FaultSchedule, type LoggedCall, openDoor, withoutEffect } from "../../faults/index.ts";
import { Installations } from "./callers.ts";
import type { Settings } from "./context.ts";
import type { Violation } from "./description.ts";
import { Echoes } from "./echoes.ts";
import { boxName } from "./families/secrets.ts";
import { handlersOf } from "./handlers.ts";
import { type Judge, judge, type SecretPlace } from "./judge.ts";
import { type Lag, Replica } from "./lag.ts";
import { githubLies, type GithubLies } from "./lies.ts";
import { RateLimits, seeded, throttledReply } from "./limits.ts";
import { type FakeGithubOptions, settingsOf } from "./options.ts";
import { Ground, plantAll, type Planted, type Plants } from "./plant/index.ts";
import type { Permissions, Ref, State, User } from "./rows.ts";
import { SealedBoxes } from "./sealed-boxes.ts";
import { Server } from "./server.ts";
import { subjectOf, subjectsOf } from "./subjects.ts";
import { type Effect, effectsBetween, World } from "./world.ts";

/** An app as its owner knows it. */
export interface PlantedApp {
  readonly appId: number;
  readonly clientId: string;
  readonly installationId: number;
  /** PEM, as `@octokit/auth-app` takes it. */
  readonly privateKey: string;
}

/** A running fake of GitHub. */
export interface FakeGithub extends Judge {
  /** For `baseUrl`; GraphQL is below it. */
  readonly url: string;
  /** A classic token of an owner of organization and enterprise, with every scope. */
  readonly adminToken: string;
  readonly organization: string;
  readonly enterprise: string;
  /** What goes wrong, and when. Resettable at run time. */
  readonly faults: FaultSchedule;
  /** Lies that only this target can tell, for scripts of `faults`. */
  readonly lies: GithubLies;
  plant(plants: Plants): Planted;
  /** Installs an app with these permissions; one at a time. */
  plantApp(permissions: Permissions): PlantedApp;
  /** Gives a user another login, behind the API's back. The id stays. */
  rename(login: string, newLogin: string): void;
  /** Takes a thing away behind the API's back: someone else at work. Nothing goes along with it. */
  remove(ref: Ref): void;
  /** The first `times` calls that would change the thing answer as if they had, and do nothing. Default 1. */
  stubborn(ref: Ref, times?: number): void;
  /** Makes a place for secrets ask for another public key. */
  rotatePublicKey(place?: SecretPlace): void;
  /** Counts for changes from now on. */
  setLag(lag: Lag): void;
  /** Lets every reader see what is. */
  catchUp(): void;
  user(login: string): User;
  /** Everything there is, by kind; a copy. */
  state(): State;
  /** Every call, in the order of arrival. `isWrite` is false for GraphQL queries and for an app's own tokens. */
  calls(): readonly LoggedCall[];
  /** Calls that asked for a change, whether or not they had an effect. */
  writes(): readonly LoggedCall[];
  /** What changed, in order; what was planted or removed by a test does not count. */
  effects(): readonly Effect[];
  /** What callers asked, or the fake answered, that GitHub's description does not know. */
  violations(): readonly Violation[];
  /** Most calls that arrived within any second. */
  peakPerSecond(): number;
  clearCalls(): void;
  close(): Promise<void>;
}

/** Starts the API on a loopback port given by the system. */
export async function startFakeGithub(options: FakeGithubOptions = {}): Promise<FakeGithub> {
  const clock = options.clock ?? Date.now;
  const world = new World();
  const echoes = new Echoes(clock);
  const replica = new Replica(options.lag ?? {}, clock);
  const installations = new Installations();
  const enterpriseOwnerIds = new Set<number>();
  const violations: Violation[] = [];
  const effects: Effect[] = [];
  const boxes = await SealedBoxes.ready();
  const faults = new FaultSchedule();
  const log = new CallLog();
  const settings: Mutable<Settings> = { ...settingsOf(options, world), enterpriseOwnerIds };
  const ground = new Ground(world, settings, enterpriseOwnerIds, clock);
  const server = new Server({
    world,
    settings,
    handlers: handlersOf(installations, boxes),
    installations,
    limits: new RateLimits(options.hourlyLimit ?? 5_000),
    replica,
    echoes,
    clock,
    hides: options.hides ?? null,
    violated: (violation) => violations.push(violation),
  });
  world.onChange((before, after) => {
    effects.push(...effectsBetween(before, after).filter((one) => one.kind !== "jobs"));
    replica.changed(before);
  });
  const { share = 0, seed = 1, ...throttle } = options.throttleShare ?? {};
  const draw = seeded(seed);

  const door = await openDoor({
    name: "api",
    schedule: faults,
    log,
    clock,
    handle: (call) => (share > 0 && draw() < share ? throttledReply(throttle) : server.answer(call)),
    noticed: (call) => {
      server.settle();
      const inspection = server.inspect(call);
      if (!inspection.ok) violations.push(...inspection.violations);
    },
    rehearse: (work) => world.rehearse(work),
    subjectsOf: (call) => subjectsOf(call, world, server),
  });
  settings.apiUrl = door.url;
  const admin = ground.newUser({ login: "acme-owner" });
  const { tokens } = plantAll(ground, {
    members: [{ login: admin.login, role: "admin" }],
    enterpriseOwners: [admin.login],
    tokens: [{ login: admin.login, name: "lastday", scopes: ["admin:org", "admin:enterprise", "repo", "user"] }],
  });
  if (options.requiresSso === true) {
    plantAll(ground, { credentialAuthorizations: [{ login: admin.login, token: "lastday" }] });
  }

  const settled = () => {
    server.settle();
    return world.state;
  };
  const theUser = (login: string): User => {
    const found = world.state.users.find((one) => one.login === login);
    if (found === undefined) throw new Error(`no user ${login}`);
    return found;
  };
  const calls = () => log.all().map((call) => ({ ...call, isWrite: call.isWrite && !isHarmless(call.path) }));
  return {
    ...judge(settled, settings, clock),
    url: door.url,
    adminToken: tokens[0]?.value ?? "",
    organization: settings.organization.login,
    enterprise: settings.enterprise.slug,
    faults,
    lies: githubLies({ world, settings, echoes, clock }),
    plant: (plants) => plantAll(ground, plants),
    plantApp: (permissions) => {
      const { publicKey, privateKey } = appKeys();
      const [appId, installationId] = [world.newId(), world.newId()];
      const clientId = `Iv23li${appId}`;
      installations.install({ id: appId, clientId, slug: "lastday", installationId, permissions }, publicKey);
      return { appId, clientId, installationId, privateKey };
    },
    rename: (login, newLogin) => world.change("users", theUser(login).id, { login: newLogin }),
    remove: ({ kind, id }) => world.remove(kind, (row) => row.id === id),
    stubborn: (ref, times = 1) => {
      const on = { method: ["DELETE", "PATCH", "POST", "PUT"], subject: subjectOf(ref) };
      faults.add({ on, times, fault: withoutEffect() });
    },
    rotatePublicKey: ({ app = "actions", repository, environment } = {}) => {
      const repositoryId = ground.repositoryIdOrNull(repository);
      const place = world.state.environments.find(
        (one) => one.repositoryId === repositoryId && one.name === environment,
      );
      boxes.rotate(boxName({ app, repositoryId, environment: place ?? null }));
    },
    setLag: (lag) => replica.setLag(lag),
    catchUp: () => replica.catchUp(),
    user: theUser,
    state: () => structuredClone(settled()),
    calls,
    writes: () => calls().filter((call) => call.isWrite),
    effects: () => {
      settled();
      return [...effects];
    },
    violations: () => [...violations],
    peakPerSecond: () => peak(log.all().map((call) => call.at.getTime())),
    clearCalls: () => {
      log.clear();
      violations.length = 0;
      effects.length = 0;
    },
    close: () => door.close(),
  };
}

let keys: { publicKey: string; privateKey: string } | undefined;

/** The same pair for every fake of a process, because it takes long to make. */
function appKeys(): { publicKey: string; privateKey: string } {
  keys ??= generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return keys;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Asks by POST, and changes nothing of the organization: a query, and an app's own tokens. */
function isHarmless(path: string): boolean {
  return /^\/graphql$|^\/app\/installations\/\d+\/access_tokens$|^\/installation\/token$/.test(path);
}

/** Most of the times (epoch ms, in order) that lie within one second. */
function peak(times: readonly number[]): number {
  let from = 0;
  return times.reduce((most, time, at) => {
    while (time - (times[from] ?? time) >= 1_000) from += 1;
    return Math.max(most, at - from + 1);
  }, 0);
}
