import { inFolder, startServer } from "./server.ts";
import { median, times } from "./row.ts";
import type { Row } from "./row.ts";

const firstGoalMs = 5_000;
const laterGoalMs = 1_500;

/** From the command to ready: on an empty data folder, and again on the same one. */
export async function measureStarts(): Promise<Row[]> {
  const first: number[] = [];
  const later: number[] = [];
  await times(5, () =>
    inFolder(async (folder) => {
      for (const list of [first, later]) {
        const server = await startServer(folder);
        list.push(server.readyMs);
        await server.stop();
      }
    }),
  );
  return [
    {
      name: "first start to ready",
      goal: "<= 5 s",
      value: `${(median(first) / 1_000).toFixed(2)} s`,
      ok: median(first) <= firstGoalMs,
    },
    {
      name: "later start to ready",
      goal: "<= 1.5 s",
      value: `${(median(later) / 1_000).toFixed(2)} s`,
      ok: median(later) <= laterGoalMs,
    },
  ];
}
