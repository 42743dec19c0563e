import { randomUUID } from "node:crypto";
import { Router } from "express";
import type { Express } from "express";
import request from "supertest";
import type { CasePlan } from "../../../src/domain/case.ts";
import { newId } from "../../../src/domain/id.ts";
import { createAdminApp, createHttpApp } from "../../../src/http/app.ts";
import type { HttpDeps, Readiness, TargetSummary } from "../../../src/http/deps.ts";
import { createCaseOpener } from "../../../src/store/open-case.ts";
import { inTransaction } from "../../../src/store/pool.ts";
import { createToken } from "../../../src/store/tokens.ts";
import type { TokenRole } from "../../../src/store/tokens.ts";
import { silentLog, useDatabase } from "../../support/database.ts";
import type { TestDatabase } from "../../support/database.ts";

export const planSha256 = "a".repeat(64);
const plan: CasePlan = {
  v: 1,
  targets: [
    { name: "gateway", connector: "gateway-keys", connectorVersion: "1.0.0", mode: "enforce" },
    { name: "wiki", connector: "gateway-keys", connectorVersion: "1.0.0", mode: "observe" },
  ],
  policy: { lookGapMs: 5_000, watchMs: [], slaMs: 14_400_000, deleteAfterMs: 0 },
};

/** The HTTP surface over a real database; everything beyond it is a plain object a test may change. */
export interface TestHttp {
  readonly database: TestDatabase;
  readonly app: Express;
  readonly adminApp: Express;
  /** Change its members to change what the world outside does. */
  readonly world: World;
  /** A token of the role; the same one each time unless a name is given. */
  token(role: TokenRole, name?: string): Promise<string>;
  as(role: TokenRole, name?: string): Promise<Caller>;
}

export interface World {
  interimIssued: string[];
  previewsStarted: string[];
  readiness: Readiness;
  targets: TargetSummary[];
  protected: string[];
  /** Values given to be tried, by item; null: this process cannot seal. */
  sealed: Map<string, string> | null;
  /** Signs nothing: stores a row, as the signer would. */
  issueInterim: (caseId: string) => Promise<{ certificateId: string }>;
}

export interface Caller {
  get(path: string): request.Test;
  post(path: string, body?: object): request.Test;
  delete(path: string): request.Test;
}

export function useHttp(overrides: Partial<HttpDeps> = {}): TestHttp {
  const database = useDatabase();
  const tokens = new Map<string, string>();
  const stopping = new AbortController();
  const world: World = {
    interimIssued: [],
    previewsStarted: [],
    readiness: { ok: true, checks: { database: { ok: true, detail: "answers in 1 ms at 10.0.0.5" } } },
    targets: plan.targets.map(({ name, connector, mode }) => ({ name, connector, mode })),
    protected: [],
    sealed: new Map(),
    issueInterim: async (caseId) => {
      world.interimIssued.push(caseId);
      return { certificateId: await storeCertificate(database, caseId, { kind: "interim" }) };
    },
  };
  let app: Express | null = null;
  let adminApp: Express | null = null;

  beforeAll(() => {
    const deps: HttpDeps = {
      pool: database.pool,
      log: silentLog,
      clock: () => new Date(),
      newId,
      organization: "Acme",
      publicUrl: "http://127.0.0.1:4400",
      basePath: "",
      trustedProxies: [],
      scimRouter: Router(),
      hooksRouter: null,
      caseOpener: createCaseOpener({
        plan: { plan, sha256: planSha256 },
        guard: { tenMinutes: 3, day: 20 },
        demo: false,
      }),
      isProtected: (userName) => world.protected.includes(userName),
      trust: () => ({ jwks: { keys: [{ kid: "k1" }] }, trustFile: { v: 1 } }),
      issueInterim: (caseId) => world.issueInterim(caseId),
      get sealProbe(): HttpDeps["sealProbe"] {
        const { sealed } = world;
        if (sealed === null) return null;
        return ({ caseId, target, kind, ref }, value) => {
          sealed.set(`${caseId}/${target}/${kind}/${ref}`, value);
          return Promise.resolve();
        };
      },
      startPreview: (previewId) => {
        world.previewsStarted.push(previewId);
        return Promise.resolve();
      },
      targets: () => world.targets,
      sources: () => ["okta"],
      ready: () => Promise.resolve(world.readiness),
      metrics: () => Promise.resolve("lastday_cases 1\n"),
      stopping: stopping.signal,
      ...overrides,
    };
    app = createHttpApp(deps);
    adminApp = createAdminApp(deps);
  });
  afterAll(() => stopping.abort());

  const http: TestHttp = {
    database,
    world,
    get app() {
      if (app === null) throw new Error("useHttp: the app is there from beforeAll on");
      return app;
    },
    get adminApp() {
      if (adminApp === null) throw new Error("useHttp: the app is there from beforeAll on");
      return adminApp;
    },
    async token(role, name = role) {
      const known = tokens.get(name);
      if (known !== undefined) return known;
      const { value } = await inTransaction(database.pool, (client) =>
        createToken(client, { kind: "api", name, role, expiresAt: null }, "system"),
      );
      tokens.set(name, value);
      return value;
    },
    async as(role, name) {
      const bearer = `Bearer ${await http.token(role, name)}`;
      return {
        get: (path) => request(http.app).get(path).set("authorization", bearer),
        post: (path, body) => {
          const sent = request(http.app).post(path).set("authorization", bearer);
          return body === undefined ? sent : sent.send(body);
        },
        delete: (path) => request(http.app).delete(path).set("authorization", bearer),
      };
    },
  };
  return http;
}

export interface SeedPerson {
  userName?: string;
  displayName?: string | null;
  source?: string;
  active?: boolean;
}

/** A person whom a source announced; returns their id. */
export async function seedPerson({ pool }: TestDatabase, seed: SeedPerson = {}): Promise<string> {
  const id = newId();
  const userName = seed.userName ?? `leaver-${randomUUID().slice(0, 8)}`;
  await pool.query(
    `INSERT INTO person (id, source, user_name, user_name_lower, display_name, active, attributes)
     VALUES ($1, $2, $3, $4, $5, $6, '{}')`,
    [id, seed.source ?? "okta", userName, userName.toLowerCase(), seed.displayName ?? null, seed.active ?? true],
  );
  return id;
}

/** A certificate row with a file, as the signer leaves it. */
export async function storeCertificate(
  { pool }: TestDatabase,
  caseId: string,
  { kind, runNo = 1, supersedes = null }: { kind: "interim" | "final"; runNo?: number; supersedes?: string | null },
): Promise<string> {
  const id = newId();
  const digest = Buffer.from(id.replaceAll("-", "").repeat(2)).toString("latin1");
  await pool.query(
    `INSERT INTO certificate (id, case_id, run_no, kind, outcome, keyid, sha256, pae_sha256, supersedes, issued_at, summary)
     VALUES ($1, $2, $3, $4, 'complete', 'k1', $5, $5, $6, clock_timestamp(), '{}')`,
    [id, caseId, runNo, kind, digest, supersedes],
  );
  await pool.query(`INSERT INTO certificate_body (certificate_id, body) VALUES ($1, $2)`, [
    id,
    `{"certificate":"${id}"}`,
  ]);
  return id;
}

export interface SeedItem {
  target?: string;
  label?: string;
  state: string;
  outcome?: string | null;
  verdict?: string | null;
  grade?: string | null;
  verdictReason?: string | null;
  disposition?: string | null;
  task?: { what: string; owner: string; dueAt: string };
}

export async function seedItem({ pool }: TestDatabase, caseId: string, seed: SeedItem): Promise<string> {
  const id = newId();
  await pool.query(
    `INSERT INTO item (id, case_id, target, kind, ref, account_id, label, holder, risk, facts, discovered_at, run_id,
                       outcome, verdict, grade, verdict_reason, state, disposition, task, attempts)
     SELECT $1::uuid, $2, $3, 'key-auth', $1::uuid::text, 'consumer-1', $4, 'owned', 'write', '{}', now(), run_id, $5::text, $6, $7, $8, $9,
            $10, $11, CASE WHEN $5::text IS NULL THEN 0 ELSE 1 END
       FROM cases WHERE id = $2`,
    [
      id,
      caseId,
      seed.target ?? "gateway",
      seed.label ?? "key …9f2c",
      seed.outcome ?? null,
      seed.verdict ?? null,
      seed.grade ?? null,
      seed.verdictReason ?? null,
      seed.state,
      seed.disposition ?? null,
      seed.task === undefined ? null : JSON.stringify(seed.task),
    ],
  );
  return id;
}

/** Starts a case through the manual door and returns its id. */
export async function startCase(
  http: TestHttp,
  { personId, urgent = true }: { personId?: string; urgent?: boolean } = {},
): Promise<string> {
  const admin = await http.as("admin", "starter");
  const leaver = personId ?? (await seedPerson(http.database));
  const response = await admin.post("/api/v1/cases", { personId: leaver, reason: "left the company", urgent });
  if (response.status !== 201) throw new Error(`case was not opened: ${response.status} ${response.text}`);
  return (response.body as { id: string }).id;
}

/** The latest audit rows of a case, or of everything, oldest first: action and actor. */
export async function auditOf({ pool }: TestDatabase, caseId: string | null = null): Promise<string[]> {
  const { rows } = await pool.query<{ action: string; actor: string }>(
    `SELECT action, actor FROM audit WHERE $1::uuid IS NULL OR case_id = $1 ORDER BY id`,
    [caseId],
  );
  return rows.map(({ action, actor }) => `${actor} ${action}`);
}

/** What erasing a person does to a case's certificates; through the mark that the erasure function sets. */
export async function eraseCertificates({ pool }: TestDatabase, caseId: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`SELECT set_config('lastday.erasing', 'on', true)`);
    await client.query(
      `DELETE FROM certificate_body WHERE certificate_id IN (SELECT id FROM certificate WHERE case_id = $1)`,
      [caseId],
    );
  });
}
