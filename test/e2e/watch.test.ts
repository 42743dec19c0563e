import { aliveAtKong, readCertificate, untilComplete } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { openWorld, type World } from "../support/world.ts";

interface RunRow {
  no: number;
  kind: string;
  ended: boolean;
}

describe("watch runs", () => {
  let server: TestServer;
  let world: World;

  beforeAll(async () => {
    server = await testServer();
    world = await openWorld({ database: { adminUrl: server.adminUrl }, queue: "postgres" });
    await world.start();
  });
  afterAll(async () => {
    await world.close();
    await server.stop();
  });

  async function aCompleteCase(name: string) {
    const leaver = world.plant(name, { keyAuth: [{}] });
    const personId = await world.announce(leaver);
    await world.say(personId, false);
    const [found] = await world.query<{ id: string }>(`SELECT id FROM cases WHERE person_id = $1`, [personId]);
    const caseId = found?.id ?? "";
    await untilComplete(world, caseId);
    return { leaver, caseId };
  }

  /** A month does not pass in a test: the next watch is due now. */
  const comeDue = (caseId: string) => world.query(`UPDATE cases SET due_at = now() WHERE id = $1`, [caseId]);

  const runsOf = (caseId: string) =>
    world.query<RunRow>(`SELECT no, kind, completed_at IS NOT NULL AS ended FROM run WHERE case_id = $1 ORDER BY no`, [
      caseId,
    ]);

  it("F08 a clean watch is recorded, the next one is due, and the certificate stands", async () => {
    const { caseId } = await aCompleteCase("watched");
    await comeDue(caseId);

    await eventually("the watch ends", async () => (await runsOf(caseId)).filter((run) => run.ended).length === 2);

    expect(await runsOf(caseId)).toEqual([
      { no: 1, kind: "first", ended: true },
      { no: 2, kind: "watch", ended: true },
    ]);
    const [now] = await world.query(
      `SELECT state, watches_done AS done, due_at > now() + interval '23 hours' AS "dueTomorrow",
              (SELECT count(*)::int FROM certificate c WHERE c.case_id = cases.id) AS certificates FROM cases WHERE id = $1`,
      [caseId],
    );
    expect(now).toEqual({ state: "complete", done: 1, dueTomorrow: true, certificates: 1 });
  });

  it("F08 access that returns re-opens the case, is ended, and a new certificate supersedes the old one by name", async () => {
    const { leaver, caseId } = await aCompleteCase("returning");
    const first = await readCertificate(world, caseId);
    const granted = await fetch(`${world.kong.adminUrl}/consumers/${leaver.consumer.id}/key-auth`, { method: "POST" });
    expect(granted.status).toBe(201);
    const { id } = (await granted.json()) as { id: string };
    expect(world.kong.alive(id)).toBe(true);
    await comeDue(caseId);

    await eventually("the key that came back is dead", async () => !world.kong.alive(id));
    await eventually("a second final certificate", async () => {
      const finals = await world.query(`SELECT 1 FROM certificate WHERE case_id = $1 AND kind = 'final'`, [caseId]);
      return finals.length === 2;
    });

    const opened = await world.query(`SELECT 1 FROM audit WHERE case_id = $1 AND action = 'case.reopened'`, [caseId]);
    const chain = await world.query<{ supersedes: string | null }>(
      `SELECT supersedes FROM certificate WHERE case_id = $1 AND kind = 'final' ORDER BY run_no`,
      [caseId],
    );
    expect(opened).toHaveLength(1);
    expect(aliveAtKong(world, leaver)).toEqual([]);
    expect(chain.map((one) => one.supersedes !== null)).toEqual([false, true]);
    expect(await readCertificate(world, caseId)).not.toEqual(first);
  });

  it("counts on the admin listener what came and what was done about it", async () => {
    await aCompleteCase("counted");

    const text = await world.metrics();

    for (const counted of [
      /lastday_notices_total\{[^}]*kind="deactivated"[^}]*\} [1-9]/,
      /lastday_case_events_total\{event="opened",source="okta"\} [1-9]/,
      /lastday_http_request_seconds_count\{[^}]*method="PATCH"[^}]*route="\/scim\/v2\/Users\/:id"[^}]*\} [1-9]/,
      /lastday_certificates_total\{kind="final"\} [1-9]/,
    ]) {
      expect(text).toMatch(counted);
    }
  });

  it("after the last watch a closing certificate supersedes the first", async () => {
    const { caseId } = await aCompleteCase("closing");
    await world.query(`UPDATE cases SET watches_done = 3 WHERE id = $1`, [caseId]);
    await comeDue(caseId);

    await eventually("the closing certificate", async () => {
      const finals = await world.query(`SELECT 1 FROM certificate WHERE case_id = $1 AND kind = 'final'`, [caseId]);
      return finals.length === 2;
    });

    const [now] = await world.query(`SELECT state, due_at AS due, watches_done AS done FROM cases WHERE id = $1`, [
      caseId,
    ]);
    expect(now).toEqual({ state: "complete", due: null, done: 4 });
  });
});
