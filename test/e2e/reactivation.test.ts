import { delaysAfter, delaysBefore } from "../../connectors/testkit/faults/index.ts";
import { casesOf, readCase, writesHaveIntents } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { openRawQueue, type RawQueue } from "../support/raw-queue.ts";
import { openWorld, type Planted, type World } from "../support/world.ts";

/** Long enough to act within, short of every time-out. */
const heldMs = 2_000;

interface Moment {
  readonly name: string;
  /** Makes the moment last. @returns whether it has come. */
  readonly hold: (world: World, leaver: Planted) => () => Promise<boolean>;
}

interface Act {
  readonly name: string;
  /** @returns the status it was answered with. */
  readonly act: (world: World, ids: { personId: string; caseId: string }) => Promise<number>;
}

const moments: readonly Moment[] = [
  {
    name: "while the answer to the freeze is on its way",
    hold: ({ kong }, { consumer }) => {
      kong.faults.add({ on: { method: "POST", subject: consumer.id }, fault: delaysAfter(heldMs) });
      return async () => kong.writes().some(({ path }) => path.includes(consumer.id));
    },
  },
  {
    name: "while the target is being looked at",
    hold: ({ kong }, { consumer }) => {
      const listing = new RegExp(`/${consumer.id}/key-auth`);
      kong.faults.add({ on: { method: "GET", path: listing }, fault: delaysBefore(heldMs) });
      return async () => kong.calls().some(({ path }) => listing.test(path));
    },
  },
  {
    name: "while the answer to a revocation is on its way",
    hold: ({ kong }, { consumer }) => {
      kong.faults.add({ on: { method: "DELETE", path: new RegExp(consumer.id) }, fault: delaysAfter(heldMs) });
      return async () => kong.writes().some(({ method, path }) => method === "DELETE" && path.includes(consumer.id));
    },
  },
  {
    name: "between the two looks",
    hold: (world, { externalId }) => {
      const sql = `SELECT 1 FROM case_target t JOIN cases c ON c.id = t.case_id JOIN person p ON p.id = c.person_id
                    WHERE p.external_id = $1 AND t.reason_code = 'between-looks'`;
      return async () => (await world.query(sql, [externalId])).length === 1;
    },
  },
];

const acts: readonly Act[] = [
  {
    name: "F20 I04 the source says that they are back",
    act: async (world, { personId }) => (await world.say(personId, true)).status,
  },
  {
    name: "I21 an operator cancels",
    act: async (world, { caseId }) =>
      (await (await world.api()).send("POST", `/cases/${caseId}/cancellation`, { reason: "stays after all" })).status,
  },
];

const table = moments.flatMap((moment) =>
  acts.map((act) => ({ ...moment, ...act, name: `${act.name} ${moment.name}: no write after the answer` })),
);

describe("a case that must not go on", () => {
  let server: TestServer;
  let world: World;
  let raw: RawQueue;
  const leavers: string[] = [];

  beforeAll(async () => {
    server = await testServer();
    world = await openWorld({ database: { adminUrl: server.adminUrl }, queue: "postgres", lookGap: "4s" });
    await world.start();
    raw = await openRawQueue(world);
  }, 60_000);
  afterAll(async () => {
    await raw.close();
    await world.close();
    await server.stop();
  });

  it.each(table.map((row, index) => ({ ...row, person: `leaver-${index}` })))(
    "$name",
    async ({ person, hold, act }) => {
      const leaver = world.plant(person, { keyAuth: [{}, {}, {}], acls: ["staff"] });
      leavers.push(leaver.consumer.id);
      const isAtTheMoment = hold(world, leaver);
      const personId = await world.announce(leaver);
      await world.say(personId, false);
      const [opened] = await casesOf(world, personId);
      const caseId = opened?.id ?? "";
      await eventually("the moment", isAtTheMoment, { everyMs: 20 });

      const status = await act(world, { personId, caseId });
      const answeredAt = new Date();

      await eventually(
        "the end of the turn",
        async () => (await raw.stateOf("target-kong", `${caseId}.kong`)) === null,
      );
      const ours = world.kong.writes().filter(({ path }) => path.includes(leaver.consumer.id));
      expect(status).toBe(200);
      expect((await readCase(world, caseId)).state).toBe("cancelled");
      expect(ours.filter(({ at }) => at > answeredAt)).toEqual([]);
      expect(
        await world.query("SELECT * FROM intent WHERE case_id = $1 AND opened_at > $2", [caseId, answeredAt]),
      ).toEqual([]);
      expect(await world.query("SELECT * FROM certificate WHERE case_id = $1", [caseId])).toEqual([]);
    },
  );

  it("I06 has an intent for each write that was made before", async () => {
    expect(world.kong.writes()).not.toEqual([]);
    expect(await writesHaveIntents(world, leavers)).toEqual([]);
  });
});
