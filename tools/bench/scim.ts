import { inFolder, scimClient, startServer } from "./server.ts";
import { median, quantile, spread, times } from "./row.ts";
import type { Row } from "./row.ts";

const people = 1_000;
const connections = 10;
const rounds = 5;
const patchGoal = 250;
const getGoal = 500;
const p99GoalMs = 100;

/** PATCH active=false with its durable case, and GET by userName, on the embedded PostgreSQL with 1,000 people. */
export async function measureScim(): Promise<Row[]> {
  return inFolder(async (folder) => {
    const server = await startServer(folder);
    const client = scimClient(server.url, connections);
    try {
      const ids: string[] = [];
      await spread(people, connections, async (index) => {
        ids[index] = await client.create(`person-${index}@example.com`);
      });
      await spread(people, connections, (index) => client.find(`person-${index}@example.com`));

      const reads = await times(rounds, () =>
        spread(people, connections, (index) => client.find(`person-${index}@example.com`)),
      );
      const share = people / rounds;
      const writes = await times(rounds, (round) =>
        spread(share, connections, (index) => client.deactivate(ids[round * share + index] ?? "")),
      );
      const rate = (runs: typeof reads, each: number): number =>
        median(runs.map((run) => (each / run.totalMs) * 1_000));
      const p99 = (runs: typeof reads): number =>
        quantile(
          runs.flatMap((run) => run.each),
          0.99,
        );
      const patches = rate(writes, share);
      const gets = rate(reads, people);
      return [
        {
          name: "SCIM PATCH active=false, durable case",
          goal: `>= ${patchGoal}/s`,
          value: `${patches.toFixed(0)}/s`,
          ok: patches >= patchGoal,
        },
        {
          name: "SCIM PATCH p99, 10 connections",
          goal: `< ${p99GoalMs} ms`,
          value: `${p99(writes).toFixed(1)} ms`,
          ok: p99(writes) < p99GoalMs,
        },
        {
          name: "SCIM GET filter userName eq",
          goal: `>= ${getGoal}/s`,
          value: `${gets.toFixed(0)}/s`,
          ok: gets >= getGoal,
        },
        {
          name: "SCIM GET p99, 10 connections",
          goal: `< ${p99GoalMs} ms`,
          value: `${p99(reads).toFixed(1)} ms`,
          ok: p99(reads) < p99GoalMs,
        },
      ];
    } finally {
      await client.close();
      await server.stop();
    }
  });
}
