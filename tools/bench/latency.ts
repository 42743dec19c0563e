import { setTimeout as sleep } from "node:timers/promises";
import { startFakeKong } from "../../connectors/testkit/fakes/kong/index.ts";
import { inFolder, scimClient, startServer } from "./server.ts";
import { median, quantile, times } from "./row.ts";
import type { Row } from "./row.ts";

const perSecond = 25;
const seconds = 20;
const answerGoalMs = 50;
const firstWriteGoalMs = 1_000;

/** How long a source waits for its durable 2xx, and an idle target for the first write. */
export async function measureLatency(): Promise<Row[]> {
  return [await measureAnswers(), await measureFirstWrite()];
}

/** Notices arrive 25 a second, each at its own time whether or not the one before was answered. */
async function measureAnswers(): Promise<Row> {
  const waits = await inFolder(async (folder) => {
    const server = await startServer(folder);
    const client = scimClient(server.url, 50);
    try {
      const ids = await times(perSecond * seconds, (index) => client.create(`person-${index}@example.com`));
      const started = performance.now();
      return await Promise.all(
        ids.map(async (id, index) => {
          const due = (index * 1_000) / perSecond;
          await sleep(Math.max(0, due - (performance.now() - started)));
          const sent = performance.now();
          await client.deactivate(id);
          return performance.now() - sent;
        }),
      );
    } finally {
      await client.close();
      await server.stop();
    }
  });
  const p99 = quantile(waits, 0.99);
  return {
    name: "notice to durable 2xx, p99 at 25/s",
    goal: `< ${answerGoalMs} ms`,
    value: `${p99.toFixed(1)} ms`,
    ok: p99 < answerGoalMs,
  };
}

async function measureFirstWrite(): Promise<Row> {
  const kong = await startFakeKong();
  const names = Array.from({ length: 5 }, (_, index) => `person-${index}@example.com`);
  kong.plant({ consumers: names.map((name) => ({ username: name, custom_id: `ext-${name}`, keyAuth: [{}] })) });
  const target = [
    "targets:",
    "  - name: kong",
    "    connector: gateway-keys",
    "    mode: enforce",
    "    rateShare: 1",
    `    settings: { driver: kong, adminUrl: "${kong.adminUrl}" }`,
    `    match: [{ attribute: custom_id, equals: "{externalId}", trusted: true }]`,
  ].join("\n");
  const waits = await inFolder(async (folder) => {
    const server = await startServer(folder, target);
    const client = scimClient(server.url, 1);
    try {
      return await times(names.length, async (index) => {
        const id = await client.create(names[index] ?? "");
        await sleep(2_000); // idle again
        const before = kong.writes().length;
        const sent = performance.now();
        await client.deactivate(id);
        while (kong.writes().length === before) {
          if (performance.now() - sent > 30_000) throw new Error("no write within 30 s");
          await sleep(2);
        }
        return performance.now() - sent;
      });
    } finally {
      await client.close();
      await server.stop();
    }
  });
  await kong.close();
  const value = median(waits);
  return {
    name: "notice to first write at an idle target",
    goal: `< ${firstWriteGoalMs / 1_000} s`,
    value: `${(value / 1_000).toFixed(2)} s`,
    ok: value < firstWriteGoalMs,
  };
}
