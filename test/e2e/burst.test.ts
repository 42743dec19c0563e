import { randomUUID } from "node:crypto";
import { casesOf, readCase } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { atMost, eventually } from "../support/eventually.ts";
import { openWorld, type World } from "../support/world.ts";

const people = 5_000;
const admitted = 5;

/** A stolen token, or a source gone wrong, says that everybody has left (T03, trust rule 7). */
describe(`a burst of ${people} deactivations`, () => {
  let server: TestServer;
  let world: World;
  let ids: string[];
  const statuses = new Map<number, number>();

  beforeAll(async () => {
    server = await testServer();
    world = await openWorld({
      database: { adminUrl: server.adminUrl },
      queue: "postgres",
      guard: { tenMinutes: admitted, day: 20 },
    });
    await world.start();
    ids = Array.from({ length: people + 1 }, () => randomUUID());
    await world.query(
      `INSERT INTO person (id, source, user_name, user_name_lower, external_id, active, attributes)
       SELECT id::uuid, 'okta', 'person-' || n || '@example.com', 'person-' || n || '@example.com', 'employee-' || n, true, '{}'
         FROM unnest($1::text[]) WITH ORDINALITY AS p(id, n)`,
      [ids],
    );
    const inTurn = atMost(24);
    await Promise.all(
      ids.slice(0, people).map((id) =>
        inTurn(async () => {
          const { status } = await world.say(id, false);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }),
      ),
    );
  }, 240_000);
  afterAll(async () => {
    await world.close();
    await server.stop();
  }, 60_000);

  it("I01 is answered 200, each one", () => {
    expect([...statuses]).toEqual([[200, people]]);
  });

  it("I13 lets exactly the allowed number act, and lists the rest as awaiting approval, each person once", async () => {
    const held = await allHeld(world);
    const { counts } = await (await world.api()).get<CasePage>("/cases?limit=1");
    const acting = await world.query<{ id: string }>("SELECT id FROM cases WHERE state <> 'awaiting_approval'");

    expect(acting.length).toBe(admitted);
    expect(counts.byState.awaiting_approval).toBe(people - admitted);
    expect(held.length).toBe(people - admitted);
    expect(new Set(held.map(({ subject }) => subject.personId)).size).toBe(people - admitted);
    expect(new Set(held.map(({ stateReason }) => stateReason))).toEqual(new Set(["guard"]));
    expect(held.every(({ subject }) => ids.includes(subject.personId))).toBe(true);
  });

  it("wakes nothing that is held: no target has looked for, or been asked about, anybody else", async () => {
    const touched = await world.query<{ held: string }>(
      `SELECT count(*) AS held FROM case_target t JOIN cases c ON c.id = t.case_id
        WHERE c.state = 'awaiting_approval' AND (t.fencing > 0 OR t.due_at IS NOT NULL)`,
    );

    expect(touched).toEqual([{ held: "0" }]);
    expect(world.kong.writes()).toEqual([]);
  });

  it("lets one urgent leaver pass", async () => {
    const personId = ids.at(-1) ?? "";

    const reply = await (
      await world.api()
    ).send("POST", "/cases", { personId, reason: "left today, with a grudge", urgent: true });
    const [opened] = await casesOf(world, personId);
    const caseId = opened?.id ?? "";
    await eventually("the end of the urgent case", async () => {
      return (await readCase(world, caseId)).state === "complete_with_exceptions"; // Kong knows no account of theirs
    });

    expect(reply.status).toBe(201);
  });
});

interface CasePage {
  readonly items: readonly HeldCase[];
  readonly next: string | null;
  readonly counts: { readonly byState: Readonly<Record<string, number>> };
}

interface HeldCase {
  readonly stateReason: string | null;
  readonly subject: { readonly personId: string };
}

async function allHeld(world: World): Promise<HeldCase[]> {
  const api = await world.api();
  const held: HeldCase[] = [];
  let cursor = "";
  do {
    const page: CasePage = await api.get(`/cases?state=awaiting_approval&limit=200${cursor}`);
    held.push(...page.items);
    cursor = page.next === null ? "" : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== "");
  return held;
}
