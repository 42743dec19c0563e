import { CallLog, FaultSchedule, openDoor } from "../faults/index.ts";

/** Another server, which nobody should call. */
export interface Sink {
  url: string;
  calls(): number;
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const log = new CallLog();
  const door = await openDoor({
    name: "elsewhere",
    schedule: new FaultSchedule(),
    log,
    clock: Date.now,
    handle: () => ({ status: 200, content: { json: {} } }),
    rehearse: (work) => work(),
    subjectsOf: () => [],
  });
  return { url: `${door.url}/elsewhere`, calls: () => log.all().length, close: () => door.close() };
}
