import type { Bench } from "../bench.ts";
import type { Check } from "../check.ts";
import { watch } from "../faults.ts";
import { newCase } from "../stored-case.ts";

/** What the host waits out by itself ends at 2 s; beyond that the engine is told. */
const shortS = 1;
const longS = 30;
/** Two clocks, the log's and ours, may differ by a tick. */
const tickMs = 10;

export const throttled: Check = {
  number: 9,
  name: "throttled",
  title: "throttled with and without a time to come back, it obeys and gets there",
  run: async (bench) => [...(await withoutTime(bench)), ...(await shortTime(bench)), ...(await longTime(bench))],
};

/** Every third call is throttled, fifteen times, and nobody says for how long. */
async function withoutTime(bench: Bench): Promise<readonly string[]> {
  const world = await bench.world();
  let calls = 0;
  const fault = world.vocabulary.throttles(null);
  const throttling = watch({ on: { when: () => (calls += 1) % 3 === 0 }, times: 15, fault });
  world.faults.add(throttling.script);
  const { end, errors, alive } = await bench.offboard(world, { maxTurns: 30, looks: 1, host: patient });
  return [
    ...(throttling.fired() > 0 ? [] : ["nothing was throttled"]),
    ...(end.kind === "done" ? [] : [`throttled, it did not end: ${JSON.stringify(end)}`]),
    ...errors
      .filter(({ code }) => code !== "rate-limited")
      .map(({ code, message }) => `throttling is taken for ${code}: ${message}`),
    ...alive.map((reason) => `throttled, ${reason}`),
  ];
}

/** A second, at three places: waited out, and nothing asked meanwhile. */
async function shortTime(bench: Bench): Promise<readonly string[]> {
  const places = [2, 7, 12];
  const world = await bench.world();
  let calls = 0;
  const fault = { ...world.vocabulary.throttles(shortS), name: "told-to-wait" };
  world.faults.add({ on: { when: () => places.includes((calls += 1)) }, times: "always", fault });
  const { end, errors } = await bench.offboard(world, { looks: 1, host: patient });
  const log = world.calls().toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const early = log.flatMap((call, at) => {
    const next = log[at + 1];
    if (!call.faults.includes("told-to-wait") || next === undefined) return [];
    const waitedMs = next.at.getTime() - call.at.getTime();
    return waitedMs >= shortS * 1_000 - tickMs
      ? []
      : [`told to wait ${shortS} s, it called again after ${waitedMs} ms`];
  });
  return [
    ...early,
    ...(log.some(({ faults }) => faults.includes("told-to-wait")) ? [] : ["nothing was told to wait"]),
    ...(end.kind === "done" ? [] : [`told to wait, it did not end: ${JSON.stringify(end)}`]),
    ...errors.map(({ code, message }) => `a wait of ${shortS} s became ${code}: ${message}`),
  ];
}

/** Longer than the host waits: the session ends there, with the time to come back, and the next one gets to the end. */
async function longTime(bench: Bench): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const place of [1, 6, 14, 22]) {
    const world = await bench.world();
    const stored = newCase();
    const fault = world.vocabulary.throttles(longS);
    const throttling = watch({ on: {}, nth: place, fault });
    world.faults.add(throttling.script);
    const startedAt = Date.now();
    const first = await bench.offboard(world, { stored, maxTurns: 1, looks: 1, host: patient });
    if (throttling.fired() === 0) continue;
    const error = first.end.kind === "again" ? first.end.error : null;
    const where = `told at call ${place} to wait ${longS} s, it`;
    if (error?.code !== "rate-limited") wrong.push(`${where} ended as ${JSON.stringify(first.end)}`);
    else if (error.retryAt === null) wrong.push(`${where} does not know until when`);
    else if (error.retryAt.getTime() < startedAt + longS * 1_000 - tickMs)
      wrong.push(`${where} would come back earlier`);
    if (world.calls().length > place) wrong.push(`${where} called on`);
    const second = await bench.offboard(world, { stored, looks: 1, host: patient });
    if (second.end.kind !== "done") wrong.push(`${where} did not end later: ${JSON.stringify(second.end)}`);
  }
  return wrong;
}

const patient = { limits: { throttlePatienceMs: 60_000 } };
