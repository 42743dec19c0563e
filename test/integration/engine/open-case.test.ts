import { rows } from "../../../src/store/sql.ts";
import { aPerson, anOpener, openACase } from "../../support/cases.ts";
import { useDatabase } from "../../support/database.ts";

describe("opening a case", () => {
  const database = useDatabase({ max: 40 });

  it("I13 admits exactly the allowed number, however many arrive at once, and drops none", async () => {
    const opener = anOpener({ guard: { tenMinutes: 3, day: 20 } });
    const people = await Promise.all(Array.from({ length: 60 }, () => aPerson(database.pool, { source: "burst" })));

    const opened = await Promise.all(
      people.map((person) => openACase(database.pool, opener, person, { source: "burst" })),
    );

    const states = opened.map((one) => one.state);
    expect(states.filter((state) => state === "open")).toHaveLength(3);
    expect(states.filter((state) => state === "awaiting_approval")).toHaveLength(57);
    const held = await rows<{ due: unknown; outbox: number }>(
      database.pool,
      `SELECT c.due_at AS due, (SELECT count(*)::int FROM outbox o WHERE o.case_id = c.id) AS outbox
         FROM cases c WHERE c.source = 'burst' AND c.state = 'awaiting_approval'`,
    );
    expect(held.every((one) => one.due === null && one.outbox === 0)).toBe(true);
  });

  it("I13 counts the day apart from the ten minutes, and each source by itself", async () => {
    const opener = anOpener({ guard: { tenMinutes: 2, day: 3 } });
    for (let n = 0; n < 2; n += 1)
      await openACase(database.pool, opener, await aPerson(database.pool), { source: "daily" });
    await database.pool.query(
      `UPDATE cases SET admitted_at = admitted_at - interval '11 minutes' WHERE source = 'daily'`,
    );

    const third = await openACase(database.pool, opener, await aPerson(database.pool), { source: "daily" });
    const fourth = await openACase(database.pool, opener, await aPerson(database.pool), { source: "daily" });
    const elsewhere = await openACase(database.pool, opener, await aPerson(database.pool), { source: "other" });

    expect([third.state, fourth.state, elsewhere.state]).toEqual(["open", "awaiting_approval", "open"]);
  });

  it("I13 lets an urgent case pass, and it takes nobody else's place", async () => {
    const opener = anOpener({ guard: { tenMinutes: 1, day: 1 } });
    const urgent = await openACase(database.pool, opener, await aPerson(database.pool), {
      source: "red",
      urgent: true,
    });
    const first = await openACase(database.pool, opener, await aPerson(database.pool), { source: "red" });
    const second = await openACase(database.pool, opener, await aPerson(database.pool), { source: "red" });
    const later = await openACase(database.pool, opener, await aPerson(database.pool), { source: "red", urgent: true });

    expect([urgent, first, second, later].map((one) => one.state)).toEqual([
      "open",
      "open",
      "awaiting_approval",
      "open",
    ]);
  });

  it.each([
    { name: "that the guard holds passes when it becomes urgent, and starts", hold: null, state: "open", queued: 1 },
    {
      name: "that waits for a question stays where it is",
      hold: "protected" as const,
      state: "awaiting_approval",
      queued: 0,
    },
  ])("I13 a case $name", async ({ hold, state, queued }) => {
    const opener = anOpener({ guard: { tenMinutes: 1, day: 1 } });
    const source = `held-${state}`;
    await openACase(database.pool, opener, await aPerson(database.pool), { source });
    const person = await aPerson(database.pool);
    const held = await openACase(database.pool, opener, person, { source, hold });
    expect(held.state).toBe("awaiting_approval");

    const urgent = await openACase(database.pool, opener, person, {
      source: "manual",
      urgent: true,
      requestedBy: "token:duty",
    });

    expect(urgent).toEqual({ caseId: held.caseId, state, created: false });
    const told = await rows(database.pool, `SELECT 1 FROM outbox WHERE case_id = $1`, [held.caseId]);
    const due = await rows(database.pool, `SELECT 1 FROM case_target WHERE case_id = $1 AND due_at <= now()`, [
      held.caseId,
    ]);
    expect([told.length, due.length]).toEqual([queued, queued]);
  });

  it("I03 gives a person and generation one case, whoever says it and however often", async () => {
    const opener = anOpener();
    const person = await aPerson(database.pool);

    const said = await Promise.all(
      Array.from({ length: 8 }, () => openACase(database.pool, opener, person, { source: "twice" })),
    );

    expect(new Set(said.map((one) => one.caseId)).size).toBe(1);
    expect(said.filter((one) => one.created)).toHaveLength(1);
    const notices = await rows(database.pool, `SELECT 1 FROM notice WHERE person_id = $1`, [person.id]);
    expect(notices).toHaveLength(8);
  });

  it.each([
    { name: "a first notice that somebody is gone", hold: "first-seen-gone" as const },
    { name: "a protected person", hold: "protected" as const },
  ])("holds $name and asks about it, urgent or not", async ({ hold }) => {
    const opener = anOpener();
    const { caseId, state } = await openACase(database.pool, opener, await aPerson(database.pool), {
      hold,
      urgent: true,
    });

    const questions = await rows<{ kind: string }>(database.pool, `SELECT kind FROM question WHERE case_id = $1`, [
      caseId,
    ]);
    expect(state).toBe("awaiting_approval");
    expect(questions).toEqual([{ kind: hold }]);
  });

  it("I11 commits nothing of a case whose audit cannot be written", async () => {
    const opener = anOpener();
    const person = await aPerson(database.pool);
    await database.pool.query(`ALTER TABLE audit ADD CONSTRAINT full_disk CHECK (action <> 'case.opened') NOT VALID`);
    try {
      await expect(openACase(database.pool, opener, person)).rejects.toThrow(/full_disk/);
    } finally {
      await database.pool.query(`ALTER TABLE audit DROP CONSTRAINT full_disk`);
    }

    expect(await rows(database.pool, `SELECT 1 FROM cases WHERE person_id = $1`, [person.id])).toEqual([]);
    expect(await rows(database.pool, `SELECT 1 FROM notice WHERE person_id = $1`, [person.id])).toEqual([]);
  });
});
