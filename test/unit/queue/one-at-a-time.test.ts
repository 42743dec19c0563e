import { setTimeout as sleep } from "node:timers/promises";
import { oneAtATime } from "../../../src/queue/one-at-a-time.ts";

describe("oneAtATime", () => {
  it("runs the work of one key in its order, and other keys meanwhile", async () => {
    const inTurn = oneAtATime();
    const lines: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
      lines.push(`${name} starts`);
      await sleep(5);
      lines.push(`${name} ends`);
    };

    await Promise.all([inTurn("k", work("k1")), inTurn("k", work("k2")), inTurn("other", work("o1"))]);

    expect(lines.filter((line) => line.startsWith("k"))).toEqual(["k1 starts", "k1 ends", "k2 starts", "k2 ends"]);
    expect(lines.indexOf("o1 starts")).toBeLessThan(lines.indexOf("k1 ends"));
  });

  it("hands each caller its own result or error, and goes on after an error", async () => {
    const inTurn = oneAtATime();

    const results = await Promise.allSettled([
      inTurn("k", () => Promise.reject(new Error("first"))),
      inTurn("k", () => Promise.resolve("second")),
    ]);

    expect(results).toMatchObject([
      { status: "rejected", reason: { message: "first" } },
      { status: "fulfilled", value: "second" },
    ]);
  });
});
