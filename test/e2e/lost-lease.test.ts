import { delaysAfter } from "../../connectors/testkit/faults/index.ts";
import { casesOf, complaintsAbout, untilComplete } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { openWorld, type World } from "../support/world.ts";

describe("two workers, one of which loses time", () => {
  let server: TestServer;
  let world: World;

  beforeAll(async () => {
    server = await testServer();
    world = await openWorld({ database: { adminUrl: server.adminUrl }, queue: "postgres" });
  });
  afterAll(async () => {
    await world.close();
    await server.stop();
  });

  it("I12 F13 a worker that was stopped in its turn commits nothing once another has taken over", async () => {
    const leaver = world.plant("leaver", { keyAuth: [{}, {}], acls: ["staff"] });
    const [held = ""] = leaver.consumer.keyAuth.map(({ id }) => id);
    world.kong.faults.add({ on: { method: "DELETE", subject: held }, fault: delaysAfter(1_000) });
    await world.start({ command: "api" });
    const stopped = await world.start({ command: "worker" });
    const personId = await world.announce(leaver);
    await world.say(personId, false);
    const [opened] = await casesOf(world, personId);
    const caseId = opened?.id ?? "";
    await eventually("a revocation", async () => world.kong.writes().some(({ path }) => path.endsWith(held)), {
      everyMs: 5,
    });

    stopped.suspend();
    await world.start({ command: "worker" });
    await untilComplete(world, caseId);
    await eventually("a sealed audit", async () => (await world.query("SELECT 1 FROM audit_pending")).length === 0);
    const before = await everything(world, caseId);
    stopped.resume();
    await eventually("the stopped turn to end", async () => stopped.output().includes(`"because":"lease-lost"`));

    expect(await everything(world, caseId)).toEqual(before);
    expect(await complaintsAbout(world, { caseId, leaver, bystanders: [] })).toEqual([]);
  }, 200_000);
});

/** All rows of the case, in the order of their keys. */
async function everything(world: World, caseId: string): Promise<object> {
  const tables = ["case_target", "item", "step", "intent", "exchange", "run", "certificate", "audit"] as const;
  const found = await Promise.all(
    tables.map(async (table) => [
      table,
      await world.query(`SELECT * FROM ${table} AS t WHERE case_id = $1 ORDER BY t::text`, [caseId]),
    ]),
  );
  return { cases: await world.query("SELECT * FROM cases WHERE id = $1", [caseId]), ...Object.fromEntries(found) };
}
