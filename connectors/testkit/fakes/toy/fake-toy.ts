import { CallLog, FaultSchedule, openDoor } from "../../faults/index.ts";
import type { Call, LoggedCall } from "../../faults/index.ts";
import { answer } from "./api.ts";
import { Echoes } from "./echoes.ts";
import { toyLies } from "./lies.ts";
import type { ToyLies } from "./lies.ts";
import { plantUser } from "./plant.ts";
import type { Planted } from "./plant.ts";
import { emptyState } from "./state.ts";
import type { State } from "./state.ts";

export interface FakeToyOptions {
  /** Forces every page to this size, whatever was asked for. */
  pageSize?: number;
  adminToken: string;
}

/** A running toy server. */
export interface FakeToy {
  url: string;
  faults: FaultSchedule;
  lies: ToyLies;
  plantUser(user: { name: string; email: string }): Planted;
  /** The live state itself: whoever changes it is somebody else at work. */
  state: State;
  /** A user and all that belongs to them, as one text: byte-equal as long as nobody touched any of it. */
  stateOf(userId: string): string;
  calls(): readonly LoggedCall[];
  writes(): readonly LoggedCall[];
  close(): Promise<void>;
}

/** Starts it on a loopback port given by the system. */
export async function startFakeToy({ adminToken, pageSize }: FakeToyOptions): Promise<FakeToy> {
  const state = emptyState();
  const echoes = new Echoes();
  const faults = new FaultSchedule();
  const log = new CallLog();
  const deps = { state, echoes, adminToken, clock: Date.now, ...(pageSize === undefined ? {} : { pageSize }) };
  const door = await openDoor({
    name: "api",
    schedule: faults,
    log,
    clock: Date.now,
    handle: (call) => answer(call, deps),
    rehearse: (work) => {
      const before = structuredClone(state);
      try {
        return work();
      } finally {
        Object.assign(state, before);
      }
    },
    subjectsOf: ({ path }: Call) => path.split("/").map(decodeURIComponent),
  });
  return {
    url: door.url,
    faults,
    lies: toyLies(state, echoes),
    plantUser: (user) => plantUser(state, user, Date.now),
    state,
    stateOf: (userId) => JSON.stringify(belongings(state, userId)),
    calls: () => log.all(),
    writes: () => log.all().filter((call) => call.isWrite),
    close: () => door.close(),
  };
}

function belongings({ users, tokens, sessions, devices, exposures }: State, userId: string) {
  const own = <Row extends { id: string; userId: string }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter((row) => row.userId === userId).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    user: users.find(({ id }) => id === userId) ?? null,
    tokens: own(tokens),
    sessions: own(sessions),
    devices: own(devices),
    exposures: own(exposures),
  };
}
