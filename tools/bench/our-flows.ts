import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import { z } from "zod";
import type { Connector } from "../../connectors/contract/connector.ts";
import type { TargetHttp } from "../../connectors/contract/http.ts";
import { createRedactor } from "../../connectors/contract/redactor.ts";
import { createDispatcher } from "../../connectors/contract/dispatcher.ts";
import { createTargetHttp, defaultLimits } from "../../connectors/contract/target-http.ts";
import { noFault } from "../../src/domain/fault.ts";
import { newId } from "../../src/domain/id.ts";
import { openCaseQueue } from "../../src/queue/case-queue.ts";
import { certifyStore } from "../../src/store/certify-store.ts";
import { freezePlan } from "../../src/stages/plan/freeze-plan.ts";
import { createCaseOpener } from "../../src/store/open-case.ts";
import { inTransaction } from "../../src/store/pool.ts";
import { sealAudit } from "../../src/store/seal.ts";
import { row, rows } from "../../src/store/sql.ts";
import { testSigner } from "../../test/support/certificates.ts";
import { startCertifyWorker } from "../../workers/certify.ts";
import { startRelay } from "../../workers/outbox-relay.ts";
import { startSealer } from "../../workers/sealer.ts";
import type { TargetDeps, WorkerTarget } from "../../workers/target/context.ts";
import { createPrincipalCache } from "../../workers/target/principal-cache.ts";
import { runTurn } from "../../workers/target/run-turn.ts";
import type { BenchTarget } from "./bench-target.ts";
import { quiet } from "./quiet.ts";
import type { Backend, Flows } from "./raw-flows.ts";
import { spread } from "./row.ts";

interface Options {
  pool: Pool;
  backend: Backend;
  targets: readonly string[];
  target: BenchTarget;
}

const concurrency = 8;
const keys = z.strictObject({ keys: z.array(z.string()) });
const done = z.strictObject({ ok: z.boolean() });

/** Our engine over a connector without settle time: everything that a case does, except waiting. */
export async function openOurFlows({
  pool,
  backend,
  targets,
  target,
}: Options): Promise<Flows & { countRows(): Promise<number> }> {
  const queue = await openCaseQueue({
    backend: backend.kind === "redis" ? backend : { kind: "postgres", pool },
    prefix: "bench-ours",
    targets,
    log: quiet,
  });
  const deps: TargetDeps = {
    pool,
    log: quiet,
    clock: () => new Date(),
    fault: noFault,
    vault: {
      put: async () => {},
      get: async () => null,
      putIssued: async () => undefined,
      getIssued: async () => null,
      erase: async () => {},
    },
    principals: createPrincipalCache(),
    random: Math.random,
    counted: () => {},
  };
  const workers = targets.map((name) => workerTarget(name, target.url));
  const plan = freezePlan({
    v: 1,
    targets: targets.map((name) => ({ name, connector: "bench", connectorVersion: "1", mode: "enforce" })),
    policy: { lookGapMs: 1, watchMs: [2_592_000_000], slaMs: 14_400_000, deleteAfterMs: 2_592_000_000 },
  });
  const opener = createCaseOpener({ plan, guard: { tenMinutes: 1_000_000, day: 1_000_000 }, demo: true });
  const consumers = await Promise.all([
    ...workers.map((worker) =>
      queue.consumeTarget(worker.name, { concurrency }, (job, turn) => runTurn(job.caseId, worker, turn, deps)),
    ),
    startCertifyWorker(queue, {
      transaction: (work) => inTransaction(pool, (client) => work(certifyStore(client))),
      seal: () => sealAudit(pool, "wait"),
      signer: testSigner(),
      issuer: { id: "bench", org: "Bench" },
      software: { name: "lastday", version: "0.0.0", digest: null },
      newId,
      fault: noFault,
      log: quiet,
      certified: () => {},
    }),
  ]);
  const loops = [startRelay({ pool, queue, targets, log: quiet, fault: noFault }), startSealer({ pool, log: quiet })];

  return {
    /** From the first case opened to the last one certified, in ms. */
    async run(cases) {
      const people = await somePeople(pool, targets, cases);
      const started = performance.now();
      await spread(cases, 10, async (index) => {
        const id = people[index] ?? "";
        await inTransaction(pool, (client) =>
          opener.openCase(client, {
            notice: {
              source: "bench",
              deliveryId: newId(),
              kind: "deactivated",
              personId: id,
              effectiveAt: null,
              effectiveFrom: "unknown",
              raw: Buffer.from("{}"),
              mediaType: "application/json",
            },
            person: { id, generation: 2 },
            requestedBy: "source:bench",
            reason: null,
            urgent: false,
            hold: null,
            startAt: null,
          }),
        );
      });
      for (;;) {
        const open = await row<{ count: number }>(
          pool,
          `SELECT count(*)::int AS count FROM cases WHERE state IN ('open', 'blocked')`,
        );
        if (open?.count === 0) return performance.now() - started;
        if (performance.now() - started > 120_000)
          throw new Error(`${open?.count} of ${cases} cases did not end within 2 min`);
        await sleep(10);
      }
    },
    async countRows() {
      const tables = await rows<{ name: string }>(
        pool,
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
      );
      const counts = await Promise.all(
        tables.map(({ name }) => row<{ count: number }>(pool, `SELECT count(*)::int AS count FROM "${name}"`)),
      );
      return counts.reduce((sum, one) => sum + (one?.count ?? 0), 0);
    },
    async close() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all(consumers.map((consumer) => consumer.close(5_000)));
      await Promise.all(workers.map((worker) => worker.close()));
      await queue.wipe();
      await queue.close();
    },
  };
}

/** People who have left, each with a confirmed account at every target. */
async function somePeople(pool: Pool, targets: readonly string[], count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  await pool.query(
    `INSERT INTO person (id, source, user_name, user_name_lower, active, generation, attributes)
     SELECT id, 'bench', id::text, id::text, false, 2, '{}' FROM unnest($1::uuid[]) AS id`,
    [ids],
  );
  await pool.query(
    `INSERT INTO account_link (id, person_id, target, account_id, label, confirmed_by)
     SELECT gen_random_uuid(), id, target, id::text, 'bench', 'bench' FROM unnest($1::uuid[]) AS id, unnest($2::text[]) AS target`,
    [ids, targets],
  );
  return ids;
}

function workerTarget(name: string, url: string): WorkerTarget {
  const redactor = createRedactor();
  const egress = { origins: [url], insecure: false };
  const dispatcher = createDispatcher({ ...egress, ...defaultLimits, redactor });
  return {
    name,
    connector: benchConnector(name),
    settings: {},
    secrets: {},
    rules: [],
    settleMs: 0,
    concurrency,
    connect: (ports) =>
      createTargetHttp({
        ...egress,
        target: name,
        reads: [],
        ports,
        redactor,
        dispatcher,
        clock: () => new Date(),
      }),
    close: () => dispatcher.destroy(),
    rateSlot: async () => {},
  };
}

function benchConnector(name: string): Connector {
  const path = (kind: string, account: string): string => `/${kind}/${name}/${account}`;
  const list = async (http: TargetHttp, account: string): Promise<readonly string[]> => {
    const reply = await http.send({
      method: "GET",
      url: path("keys", account),
      operation: "listKeys",
      template: "/keys/{target}/{account}",
      expect: [200],
      schema: keys,
    });
    return reply.body?.keys ?? [];
  };
  return {
    id: "bench",
    apiVersion: 1,
    version: "1",
    title: "Bench",
    settings: z.unknown(),
    secrets: z.unknown(),
    permissions: [],
    limits: () => ({ perSecond: 1, burst: 1, scope: "account" }),
    origins: () => [],
    reads: [],
    open: async ({ http }) => http,
    check: async () => ({ ok: true, findings: [] }),
    async *accounts() {},
    account: async (_http, id) => ({ id, label: id, attributes: {}, lastUsedAt: null }),
    async freeze(http, { id }) {
      await (http as TargetHttp).send({
        method: "POST",
        url: path("freeze", id),
        operation: "freeze",
        template: "/freeze/{target}/{account}",
        expect: [200],
        schema: done,
      });
      return { state: "revoked" };
    },
    kinds: {
      key: {
        title: "Key",
        strategy: "delete",
        risk: "write",
        stops: "both",
        reversible: false,
        settleMs: 0,
        async *discover(http, { id }) {
          const found = await list(http as TargetHttp, id);
          yield {
            complete: true,
            items: found.map((ref) => ({
              kind: "key",
              ref,
              accountId: id,
              label: ref,
              holder: "owned" as const,
              risk: "write" as const,
              createdAt: null,
              lastUsedAt: null,
              expiresAt: null,
              facts: {},
            })),
          };
        },
        async revoke(http, { accountId }) {
          await (http as TargetHttp).send({
            method: "DELETE",
            url: path("keys", accountId),
            operation: "deleteKey",
            template: "/keys/{target}/{account}",
            expect: [200],
          });
          return { state: "revoked" };
        },
        async verify(http, { accountId, ref }) {
          const alive = (await list(http as TargetHttp, accountId)).includes(ref);
          return { state: alive ? "alive" : "dead", by: "absence", reason: alive ? "listed" : "no longer listed" };
        },
      },
    },
  };
}
