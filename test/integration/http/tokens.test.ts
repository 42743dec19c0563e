import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import request from "supertest";
import { ensureOperatorToken } from "../../../src/store/operator-token.ts";
import { inTransaction } from "../../../src/store/pool.ts";
import { createToken, findToken } from "../../../src/store/tokens.ts";
import { mintToken } from "../../../src/store/token-value.ts";
import { auditOf, useHttp } from "./support.ts";

const http = useHttp();

const status = async (token: string): Promise<number> =>
  (await request(http.app).get("/api/v1/cases").set("authorization", `Bearer ${token}`)).status;

describe("T37 tokens", () => {
  it("are shown once and kept as a digest", async () => {
    const admin = await http.as("admin");
    const { body } = await admin.post("/api/v1/tokens", { kind: "api", name: "ci", role: "viewer" });
    const { value, id } = body as { value: string; id: string };

    const listed = await admin.get("/api/v1/tokens");
    const dump = await http.database.pool.query(
      `SELECT t::text AS row FROM token t UNION ALL SELECT a::text FROM audit a`,
    );

    expect(await status(value)).toBe(200);
    expect(listed.text).not.toContain(value);
    expect(listed.text).toContain(id);
    expect(dump.rows.map((row: { row: string }) => row.row).join("\n")).not.toContain(value);
  });

  it("end at once when they are revoked", async () => {
    const admin = await http.as("admin");
    const { body } = await admin.post("/api/v1/tokens", { kind: "api", name: "short", role: "viewer" });
    const { value, id } = body as { value: string; id: string };
    expect(await status(value)).toBe(200);
    expect((await admin.delete(`/api/v1/tokens/${id}`)).status).toBe(204);
    expect(await status(value)).toBe(401);
    expect((await admin.delete(`/api/v1/tokens/${id}`)).status).toBe(204);
    const ended = (await auditOf(http.database)).filter((line) => line === "token:admin token.revoked");
    expect(ended).toHaveLength(1);
  });

  it("overlap while they rotate: two of a name, not three", async () => {
    const admin = await http.as("admin");
    const mint = () => admin.post("/api/v1/tokens", { kind: "api", name: "rotating", role: "viewer" });
    const [first, second, third] = [await mint(), await mint(), await mint()];
    expect([first.status, second.status, third.status]).toEqual([201, 201, 409]);
    expect(third.body).toMatchObject({ code: "too-many-tokens" });
    expect(await status((first.body as { value: string }).value)).toBe(200);
    expect(await status((second.body as { value: string }).value)).toBe(200);
  });

  it("expire", async () => {
    const { value } = await inTransaction(http.database.pool, (client) =>
      createToken(
        client,
        { kind: "api", name: "old", role: "admin", expiresAt: new Date(Date.now() - 1_000) },
        "system",
      ),
    );
    expect(await status(value)).toBe(401);
  });

  it("of a source open no door here, and those of the API none there", async () => {
    const admin = await http.as("admin");
    const { body } = await admin.post("/api/v1/tokens", { kind: "source", name: "okta-scim", source: "okta" });
    const { value } = body as { value: string };
    expect(await status(value)).toBe(401);
    expect(await findToken(http.database.pool, value, "source")).toMatchObject({ source: "okta", role: null });
    expect(await findToken(http.database.pool, await http.token("admin"), "source")).toBeNull();
    const unknown = await admin.post("/api/v1/tokens", { kind: "source", name: "x", source: "nobody" });
    expect(unknown.body).toMatchObject({ code: "invalid-request", errors: [{ field: "source" }] });
  });

  it("note their use once a minute", async () => {
    const value = await http.token("viewer", "counted");
    const lastUse = async (): Promise<string> =>
      (
        (await http.database.pool.query(`SELECT last_used_at FROM token WHERE name = 'counted'`)).rows[0] as {
          last_used_at: Date;
        }
      ).last_used_at.toISOString();
    await status(value);
    const first = await lastUse();
    await status(value);
    expect(await lastUse()).toBe(first);
  });

  it.each([
    { name: "no scheme", header: () => mintToken().value },
    { name: "basic", header: () => `Basic ${Buffer.from("admin:admin").toString("base64")}` },
    { name: "a well-formed token nobody has", header: () => `Bearer ${mintToken().value}` },
    { name: "its digest", header: () => `Bearer ${mintToken().sha256}` },
    { name: "an empty one", header: () => "Bearer " },
    { name: "SQL", header: () => "Bearer ' OR '1'='1" },
  ])("T22 are refused alike: $name", async ({ header }) => {
    const response = await request(http.app).get("/api/v1/cases").set("authorization", header());
    expect([response.status, (response.body as { code: string }).code]).toEqual([401, "unauthenticated"]);
  });

  it("T09 keep one administrator, also when two are removed at the same moment", async () => {
    const admin = await http.as("admin");
    const { rows } = await http.database.pool.query<{ id: string }>(
      `SELECT id FROM token WHERE role = 'admin' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    );
    const extra = await admin.post("/api/v1/tokens", { kind: "api", name: "second-admin", role: "admin" });
    const ids = [...rows.map((row) => row.id), (extra.body as { id: string }).id];

    const answers = await Promise.all(ids.map((id) => admin.delete(`/api/v1/tokens/${id}`)));

    expect(
      answers.map((answer) => answer.status).filter((code) => code === 409 || code === 401).length,
    ).toBeGreaterThan(0);
    const left = await http.database.pool.query(
      `SELECT 1 FROM token WHERE role = 'admin' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    );
    expect(left.rowCount).toBe(1);
  });
});

describe("the operator's token file", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lastday-token-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const ensure = () => ensureOperatorToken({ pool: http.database.pool, file: join(folder, "operator.token") });
  const read = async () => (await readFile(join(folder, "operator.token"), "utf8")).trim();

  it("is written once, for its owner alone", async () => {
    expect(await ensure()).toEqual({ minted: true });
    const value = await read();
    expect(await ensure()).toEqual({ minted: false });
    expect(await read()).toBe(value);
    expect((await stat(join(folder, "operator.token"))).mode & 0o777).toBe(0o600);
    expect(await status(value)).toBe(200);
  });

  it("is replaced when it is lost, and the lost one ends", async () => {
    await ensure();
    const lost = await read();
    await rm(join(folder, "operator.token"));
    expect(await ensure()).toEqual({ minted: true });
    expect([await status(lost), await status(await read())]).toEqual([401, 200]);
  });

  it("is replaced when its value is not live, and narrowed when others can read it", async () => {
    await writeFile(join(folder, "operator.token"), "ld_nonsense\n", { mode: 0o644 });
    expect(await ensure()).toEqual({ minted: true });
    await chmod(join(folder, "operator.token"), 0o644);
    await ensure();
    expect((await stat(join(folder, "operator.token"))).mode & 0o777).toBe(0o600);
  });

  it("is never written through a link that somebody left", async () => {
    await writeFile(join(folder, "elsewhere"), "untouched");
    await symlink(join(folder, "elsewhere"), join(folder, "operator.token"));
    await ensure();
    expect(await readFile(join(folder, "elsewhere"), "utf8")).toBe("untouched");
  });

  it("is one token when two processes start at once", async () => {
    const results = await Promise.all([ensure(), ensure(), ensure()]);
    expect(results.filter((result) => result.minted)).toHaveLength(1);
    expect(await status(await read())).toBe(200);
  });
});
