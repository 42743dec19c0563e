import { setTimeout as sleep } from "node:timers/promises";
import type { Priority } from "../../../src/queue/case-queue.ts";
import { Diary, done, eventually, gate, isIdle } from "./actors.ts";
import { describeOnBoth } from "./servers.ts";

describeOnBoth("workers", (server) => {
  const ordered: readonly Priority[] = ["urgent", "ordinary", "batch", "watch", "inventory"];

  it("starts 2,000 queued jobs and more in the order of their priority", async () => {
    const queue = await server.open();
    const started: string[] = [];
    await queue.pauseTarget("a");
    for (const priority of [...ordered].reverse()) {
      const ids = Array.from({ length: priority === "batch" ? 2_000 : 20 }, (_, index) => `${priority}-${index}`);
      await queue.addCases(ids.map((caseId) => ({ caseId, targets: ["a"], priority })));
    }

    await queue.consumeTarget("a", { concurrency: 1 }, async ({ caseId }) => {
      started.push(caseId);
      return done;
    });
    await queue.resumeTarget("a");
    await eventually(() => started.length >= 500);

    const priorities = started.slice(0, 500).map((caseId) => caseId.split("-")[0]);
    expect(priorities).toEqual([
      ...Array.from({ length: 20 }, () => "urgent"),
      ...Array.from({ length: 20 }, () => "ordinary"),
      ...Array.from({ length: 460 }, () => "batch"),
    ]);
  });

  it("lets every leaver have a first turn before any has a second, and the urgent before all", async () => {
    const queue = await server.open();
    const frozen = new Set<string>();
    const order: string[] = [];
    await queue.pauseTarget("a");
    const add = (priority: Priority, ...ids: string[]): Promise<void> =>
      queue.addCases(ids.map((caseId) => ({ caseId, targets: ["a"], priority })));
    await add("watch", "w1");
    await add("batch", "b1", "b2", "b3");
    await add("ordinary", "o1", "o2");
    await add("urgent", "u1", "u2");

    await queue.consumeTarget("a", { concurrency: 1 }, async ({ caseId }, turn) => {
      if (!frozen.has(caseId)) {
        frozen.add(caseId);
        order.push(`freeze ${caseId}`);
        if (await turn.othersWait()) return { kind: "delay", until: new Date(), lowerPriority: true };
      }
      order.push(`clean ${caseId}`);
      return done;
    });
    await queue.resumeTarget("a");
    await eventually(
      () => order.length === 16,
      () => order,
    );

    const urgent = ["freeze u1", "freeze u2", "clean u2", "clean u1"];
    const first = ["freeze o1", "freeze o2", "freeze b1", "freeze b2", "freeze b3"];
    const second = ["clean o1", "clean o2", "clean b1", "clean b2", "clean b3"];
    expect(order).toEqual([...urgent, ...first, ...second, "freeze w1", "clean w1"]);
  });

  it("does not yield to jobs that may not run", async () => {
    const queue = await server.open();
    const door = gate();
    const answers: boolean[] = [];
    await queue.addCases([{ caseId: "c1", targets: ["a"], priority: "ordinary" }]);
    await queue.consumeTarget("a", { concurrency: 1 }, async (_, turn) => {
      await door.passed;
      answers.push(await turn.othersWait());
      return done;
    });
    await eventually(async () => (await queue.depths())["target-a"]?.active === 1);

    await queue.pauseTarget("a");
    await queue.addCases([{ caseId: "c2", targets: ["a"], priority: "urgent" }]);
    door.open();
    await eventually(() => answers.length === 1);
    await queue.resumeTarget("a");
    await eventually(() => answers.length === 2);

    expect(answers).toEqual([false, false]);
  });

  it("I16 pauses one target in every process, and leaves the others running", async () => {
    const queue = await server.open();
    const elsewhere = await server.open();
    const diary = new Diary();
    await diary.work(queue, ["a", "b", "certify"]);
    await diary.work(elsewhere, ["a", "b", "certify"]);

    await queue.pauseTarget("a");
    await elsewhere.addCases([
      { caseId: "c1", targets: ["a", "b"], priority: "urgent" },
      { caseId: "c2", targets: ["b"], priority: "batch" },
    ]);
    await diary.until("/certify c2");
    const whilePaused = await queue.depths();
    await elsewhere.resumeTarget("a");
    await diary.until("/certify c1");

    expect(whilePaused["target-a"]).toEqual({ waiting: 1, active: 0, delayed: 0 });
    expect(diary.count("/b c1")).toBe(1);
    expect(diary.lines.indexOf("a c1")).toBeGreaterThan(diary.lines.indexOf("/certify c2"));
  });

  it("runs as many jobs at once as it is told, and reports how many wait", async () => {
    const queue = await server.open();
    const door = gate();
    const diary = new Diary();
    const ids = Array.from({ length: 8 }, (_, index) => `c${index}`);
    for (const id of ids) diary.on(`a ${id}`, () => door.passed.then(() => done));
    await queue.addCases(ids.map((caseId) => ({ caseId, targets: ["a"], priority: "ordinary" })));

    await diary.work(queue, ["a"], 3);
    await eventually(() => diary.lines.length === 3);
    await sleep(100);
    const started = diary.lines.length;
    const depths = await queue.depths();
    door.open();
    await eventually(async () => (await queue.depths())["target-a"]?.waiting === 0);

    expect(started).toBe(3);
    expect(depths["target-a"]).toEqual({ waiting: 5, active: 3, delayed: 0 });
    expect(Object.keys(depths).sort()).toEqual(["certify", "target-a", "target-b", "target-c"]);
  });

  it("serves more targets than a pool's usual ten connections", async () => {
    const targets = Array.from({ length: 24 }, (_, index) => `t${index}`);
    const queue = await server.open({ targets });
    const diary = new Diary();
    await diary.work(queue, [...targets, "certify"]);

    await queue.addCases([{ caseId: "c1", targets, priority: "ordinary" }]);
    await diary.until("/certify c1");

    expect(diary.lines).toHaveLength(2 * 25);
  });

  describe("when it stops", () => {
    it("tells active turns, waits for them, and takes nothing more", async () => {
      const queue = await server.open();
      const next = await server.open();
      const signals: AbortSignal[] = [];
      const diary = new Diary().on("a c1", async ({ signal }) => {
        signals.push(signal);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        await sleep(50); // the call in flight
        return done;
      });
      const consumer = await queue.consumeTarget("a", { concurrency: 1 }, async ({ caseId }, turn) => {
        if (caseId === "c2") diary.lines.push("c2 in the process that stopped");
        return caseId === "c1" ? await diary.act("a c1", turn) : done;
      });
      await queue.addCases([
        { caseId: "c1", targets: ["a"], priority: "urgent" },
        { caseId: "c2", targets: ["a"], priority: "batch" },
      ]);
      await diary.until("a c1");

      const ran = consumer.running;
      await consumer.close(10_000);
      const after = [...diary.lines];
      await diary.work(next, ["a", "certify"]);
      await diary.until("/certify c2");
      await diary.until("/certify c1");

      expect([ran, consumer.running]).toEqual([true, false]);
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      expect(after).toEqual(["a c1", "/a c1"]);
      expect(diary.count("a c1")).toBe(1);
      expect(diary.lines).not.toContain("c2 in the process that stopped");
    });

    it("gives back a job whose handler threw because it was told to stop", async () => {
      const queue = await server.open();
      const next = await server.open();
      const diary = new Diary().on("a c1", ({ signal }) =>
        diary.count("a c1") === 1 ? sleep(60_000, done, { signal }) : Promise.resolve(done),
      );
      await queue.addCases([{ caseId: "c1", targets: ["a"], priority: "ordinary" }]);
      await diary.work(queue, ["a"]);
      await diary.until("a c1");

      await queue.close();
      await diary.work(next, ["a", "certify"]);
      await diary.until("/certify c1");

      expect(diary.count("/a c1")).toBe(1);
    });

    it("does not wait longer than told, and another takes over what hangs", async () => {
      const queue = await server.open({ lockDurationMs: 1_500 });
      const next = await server.open({ lockDurationMs: 1_500 });
      const diary = new Diary().on("a c1", () =>
        diary.count("a c1") === 1 ? new Promise<never>(() => undefined) : Promise.resolve(done),
      );
      await queue.addCases([{ caseId: "c1", targets: ["a"], priority: "ordinary" }]);
      await diary.work(queue, ["a"]);
      await diary.until("a c1");

      await queue.close(100);
      await diary.work(next, ["a", "certify"]);
      await diary.until("/certify c1");

      expect(diary.lines).toEqual(["a c1", "a c1", "/a c1", "certify c1", "/certify c1"]);
    });

    it("stops at once when idle, may be told twice, and then takes no orders", async () => {
      const queue = await server.open();
      await new Diary().work(queue, ["a", "b", "c", "certify"]);

      await Promise.all([queue.close(), queue.close()]);

      await expect(queue.addCases([{ caseId: "c1", targets: ["a"], priority: "urgent" }])).rejects.toMatchObject({
        code: "closed",
      });
    });
  });

  it("leaves nothing behind when everything is done", async () => {
    const queue = await server.open();
    const diary = new Diary();
    await diary.work(queue, ["a", "b", "certify"]);

    await queue.addCases([{ caseId: "c1", targets: ["a", "b"], priority: "ordinary" }]);
    await diary.until("/certify c1");
    await eventually(() => isIdle(queue));

    expect(await server.jobs(["certify", "target-a", "target-b"])).toEqual([]);
  });
});
