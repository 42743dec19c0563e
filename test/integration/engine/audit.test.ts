import { newId } from "../../../src/domain/id.ts";
import { audit } from "../../../src/store/audit.ts";
import { checkChain, sealAudit } from "../../../src/store/seal.ts";
import { row, rows } from "../../../src/store/sql.ts";
import { aPerson, anOpener, openACase } from "../../support/cases.ts";
import { useDatabase } from "../../support/database.ts";

describe("audit and evidence", () => {
  const database = useDatabase();

  const write = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, n) =>
        audit(database.pool, { actor: "system", action: "test.done", data: { n } }),
      ),
    );

  it("I10 numbers every committed row once, without a gap, whoever seals", async () => {
    await write(40);
    await Promise.all([
      sealAudit(database.pool, "wait"),
      write(40),
      sealAudit(database.pool, "skip-if-busy"),
      sealAudit(database.pool, "wait"),
    ]);
    const head = await sealAudit(database.pool, "wait");

    const sealed = await rows<{ seq: string }>(database.pool, `SELECT seq FROM audit_seal ORDER BY seq`);
    expect(sealed.map((one) => Number(one.seq))).toEqual(Array.from({ length: sealed.length }, (_, n) => n + 1));
    expect(head?.seq).toBe(sealed.length);
    expect(await row(database.pool, `SELECT count(*)::int AS rows FROM audit`)).toEqual({ rows: sealed.length });
    expect(await checkChain(database.pool)).toEqual({ ok: true, checked: sealed.length, brokenAt: null });
  });

  it.each([
    "audit",
    "audit_seal",
    "evidence",
    "evidence_body",
    "exchange",
    "certificate",
    "certificate_body",
    "notice_body",
  ])("I10 %s refuses TRUNCATE, and UPDATE and DELETE of any row", async (table) => {
    const triggers = await rows<{ name: string }>(
      database.pool,
      `SELECT tgname AS name FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal ORDER BY 1`,
      [table],
    );
    expect(triggers.map((one) => one.name)).toEqual(expect.arrayContaining(["append_only", "no_truncate"]));
    await expect(database.pool.query(`TRUNCATE ${table} CASCADE`)).rejects.toThrow(/append-only/);
  });

  it("I10 refuses to change or remove audit and evidence through SQL", async () => {
    await write(1);
    await sealAudit(database.pool, "wait");
    await database.pool.query(`INSERT INTO evidence (sha256, size, media_type) VALUES ($1, 1, 'application/json')`, [
      "a".repeat(64),
    ]);
    await database.pool.query(`INSERT INTO evidence_body (sha256, body) VALUES ($1, 'x')`, ["a".repeat(64)]);
    for (const statement of [
      `UPDATE audit SET actor = 'nobody'`,
      `DELETE FROM audit`,
      `UPDATE audit_seal SET sha256 = 'x'`,
      `DELETE FROM audit_seal`,
      `UPDATE evidence SET size = 2`,
      `DELETE FROM evidence`,
      `UPDATE evidence_body SET body = 'y'`,
      `DELETE FROM evidence_body`,
    ]) {
      await expect(database.pool.query(statement)).rejects.toThrow(/append-only/);
    }
  });

  it.each<{ name: string; tamper: string }>([
    {
      name: "an edited row",
      tamper: `UPDATE audit SET action = 'never.happened' WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 3)`,
    },
    { name: "a removed row", tamper: `DELETE FROM audit WHERE id = (SELECT audit_id FROM audit_seal WHERE seq = 3)` },
    {
      name: "two rows that changed places",
      tamper: `UPDATE audit_seal SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE seq IN (3, 4); UPDATE audit_seal SET seq = -seq WHERE seq < 0`,
    },
    { name: "a row taken out of the chain", tamper: `DELETE FROM audit_seal WHERE seq = 3` },
  ])("T24 $name is found, and where", async ({ tamper }) => {
    await write(6);
    await sealAudit(database.pool, "wait");
    const client = await database.pool.connect();
    try {
      // Whoever can switch triggers off can edit; the chain tells.
      await client.query(`BEGIN; SET LOCAL session_replication_role = replica; ${tamper}; COMMIT`);
      expect(await checkChain(database.pool)).toEqual({ ok: false, checked: 2, brokenAt: 3 });
    } finally {
      await client.query(
        `BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM audit_seal; DELETE FROM audit; DELETE FROM audit_pending; COMMIT`,
      );
      client.release();
    }
  });

  it("T25 a chain whose tail was cut off is found", async () => {
    await write(6);
    await sealAudit(database.pool, "wait");
    await database.pool.query(
      `BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM audit_seal WHERE seq > (SELECT max(seq) - 2 FROM audit_seal); COMMIT`,
    );

    expect(await checkChain(database.pool)).toMatchObject({ ok: false });
  });

  it("erasure removes what names a person, and only through its own function", async () => {
    const person = await aPerson(database.pool);
    const { caseId } = await openACase(database.pool, anOpener(), person, { source: "erasing" });
    await expect(database.pool.query(`DELETE FROM notice_body`)).rejects.toThrow(/append-only/);

    await database.pool.query(`SELECT erase_person($1, 'token:privacy')`, [person.id]);

    expect(
      await rows(
        database.pool,
        `SELECT 1 FROM notice_body b JOIN notice n ON n.id = b.notice_id WHERE n.case_id = $1`,
        [caseId],
      ),
    ).toEqual([]);
    const left = await row<{ name: string }>(database.pool, `SELECT user_name AS name FROM person WHERE id = $1`, [
      person.id,
    ]);
    expect(left?.name).toBe(`erased-${person.id}`);
    expect(
      await rows(database.pool, `SELECT 1 FROM audit WHERE action = 'person.erased' AND data->>'personId' = $1`, [
        person.id,
      ]),
    ).toHaveLength(1);
    await expect(database.pool.query(`DELETE FROM notice_body WHERE notice_id = $1`, [newId()])).resolves.toBeDefined();
    await openACase(database.pool, anOpener(), await aPerson(database.pool), { source: "erasing" });
    await expect(database.pool.query(`DELETE FROM notice_body`)).rejects.toThrow(/append-only/);
  });
});
