import { setTimeout as sleep } from "node:timers/promises";
import { delaysBefore } from "../../connectors/testkit/faults/index.ts";
import { casesOf, complaintsAbout, untilComplete } from "../support/checker.ts";
import { eventually } from "../support/eventually.ts";
import { openWorld, type World } from "../support/world.ts";

const others = 40;

describe("kill -9 of PostgreSQL itself", () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ database: "embedded", queue: "postgres" });
    await world.start();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  it("F03 I01 never answers a false 2xx while it is away, and goes on without help when it is back", async () => {
    const leaver = world.plant("leaver", { keyAuth: [{}, {}, {}], basicAuth: [{ username: "leaver" }] });
    const stays = world.plant("stays", { keyAuth: [{}] });
    const before = world.kong.stateOf(stays.consumer.id);
    world.kong.faults.add({ on: { method: "DELETE" }, times: "always", fault: delaysBefore(300) });
    const personId = await world.announce(leaver);
    const waiting: string[] = [];
    for (let n = 0; n < others; n += 1) {
      waiting.push(await world.announce({ userName: `other-${n}@example.com`, externalId: `other-${n}` }));
    }

    await world.say(personId, false);
    await eventually("a revocation", async () => world.kong.writes().some(({ method }) => method === "DELETE"));
    const answers = await sayWhile(world, waiting, async () => {
      process.kill(await world.postmaster(), "SIGKILL");
    });
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { id } of refused) expect((await sayUntilHeard(world, id)).status).toBe(200);

    const [opened] = await casesOf(world, personId);
    const caseId = opened?.id ?? "";
    await untilComplete(world, caseId);
    const lost = await world.query(
      `SELECT p.id FROM person p WHERE p.id = ANY($1) AND (p.active OR 1 <> (SELECT count(*) FROM cases c WHERE c.person_id = p.id))`,
      [waiting],
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(lost).toEqual([]);
    expect(await complaintsAbout(world, { caseId, leaver, bystanders: [{ planted: stays, before }] })).toEqual([]);
    await eventually(
      "the end of every other case",
      async () => {
        const open = await world.query(
          `SELECT 1 FROM cases WHERE state NOT IN ('complete', 'complete_with_exceptions')`,
        );
        return open.length === 0;
      },
      { withinMs: 120_000 },
    );
  }, 300_000);
});

/** A source that says one after the other gone, without a pause, across whatever happens; each of them once. */
async function sayWhile(
  world: World,
  ids: readonly string[],
  happens: () => Promise<void>,
): Promise<{ id: string; status: number }[]> {
  const answers: { id: string; status: number }[] = [];
  for (const [index, id] of ids.entries()) {
    if (index === Math.floor(ids.length / 4)) await happens();
    answers.push({ id, status: (await world.say(id, false)).status });
    await sleep(25);
  }
  return answers;
}

async function sayUntilHeard(world: World, id: string): Promise<{ status: number }> {
  return await eventually("an answer", async () => {
    const reply = await world.say(id, false);
    return reply.status === 503 ? null : reply;
  });
}
