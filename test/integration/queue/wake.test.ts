import { setTimeout as sleep } from "node:timers/promises";
import type { CaseFlow } from "../../../src/queue/case-queue.ts";
import { Diary, done, eventually, gate, isIdle } from "./actors.ts";
import { describeOnBoth } from "./servers.ts";

const everything = ["a", "b", "c", "certify"];
const caseOf = (...targets: string[]): CaseFlow => ({ caseId: "c1", targets, priority: "ordinary" });

describeOnBoth("waking a case", (server) => {
  it("sets going a case of which the queue holds nothing", async () => {
    const queue = await server.open();
    const diary = new Diary();
    await diary.work(queue, everything);

    expect(await queue.wakeCase(caseOf("a", "b"))).toBe("added");
    await diary.until("/certify c1");

    expect([...diary.lines].sort()).toEqual(["/a c1", "/b c1", "/certify c1", "a c1", "b c1", "certify c1"]);
  });

  it("runs certify alone when no target is named", async () => {
    const queue = await server.open();
    const diary = new Diary();
    await queue.addCases([caseOf("a")]);

    await queue.wakeCase(caseOf());
    await diary.work(queue, everything);
    await diary.until("/certify c1");
    await eventually(() => isIdle(queue));

    expect(diary.lines).toEqual(["certify c1", "/certify c1"]);
  });

  it("frees a case that a kept failed child had stopped", async () => {
    const queue = await server.open();
    const diary = new Diary().on("a c1", async () => {
      if (diary.count("a c1") === 1) throw new Error("fails the first time");
      return done;
    });
    await server.producer().add({
      name: "certify",
      queueName: "certify",
      data: { caseId: "c1" },
      opts: { jobId: "c1" },
      children: [
        { name: "case", queueName: "target-a", data: { caseId: "c1" }, opts: { jobId: "c1.a", removeOnFail: false } },
      ],
    });
    await diary.work(queue, everything);
    await eventually(async () => (await server.jobs(["target-a"])).length === 1 && diary.count("a c1") === 1);

    expect(await queue.wakeCase(caseOf("a"))).toBe("added");
    await diary.until("/certify c1");

    expect(diary.count("/a c1")).toBe(1);
  });

  it.each([
    { name: "its child", lost: [["target-a", "c1.a"]] },
    { name: "its parent", lost: [["certify", "c1"]] },
    {
      name: "its parent and a child",
      lost: [
        ["certify", "c1"],
        ["target-b", "c1.b"],
      ],
    },
  ] as const)("frees a case that lost $name", async ({ lost }) => {
    const queue = await server.open();
    const diary = new Diary();
    await queue.addCases([caseOf("a", "b")]);
    for (const [name, id] of lost) await server.loseJob(name, id);

    expect(await queue.wakeCase(caseOf("a"))).toBe("added");
    await diary.work(queue, everything);
    await diary.until("/certify c1");
    await eventually(() => isIdle(queue));

    expect(diary.lines).toEqual(["a c1", "/a c1", "certify c1", "/certify c1"]);
  });

  it("changes nothing while certify is active, and works when it is not", async () => {
    const queue = await server.open();
    const door = gate();
    const diary = new Diary().on("certify c1", () => door.passed.then(() => done));
    await queue.addCases([caseOf("a")]);
    await diary.work(queue, everything);
    await diary.until("certify c1");

    const early = await queue.wakeCase(caseOf("a", "b"));
    const jobs = await server.jobs(["target-a", "target-b", "certify"]);
    door.open();
    await eventually(async () => (await queue.wakeCase(caseOf("a", "b"))) === "added");
    await diary.until("/certify c1", 2);

    expect(early).toBe("deferred");
    expect(jobs.map(({ id }) => id)).toEqual(["c1"]);
    expect(diary.count("/a c1")).toBe(2);
    expect(diary.count("/b c1")).toBe(1);
  });

  it.each([
    { name: "the active one first", first: "a", second: "b" },
    { name: "the added one first", first: "b", second: "a" },
  ])(
    "leaves an active target job alone, and certifies after it and the added one: $name",
    async ({ first, second }) => {
      const queue = await server.open();
      const doors = { a: gate(), b: gate() };
      const diary = new Diary()
        .on("a c1", () => doors.a.passed.then(() => done))
        .on("b c1", () => doors.b.passed.then(() => done));
      await queue.addCases([caseOf("a")]);
      await diary.work(queue, everything);
      await diary.until("a c1");

      expect(await queue.wakeCase(caseOf("b"))).toBe("added");
      await diary.until("b c1");
      doors[first as "a" | "b"].open();
      await diary.until(`/${first} c1`);
      await queue.addCases([{ caseId: "other", targets: [], priority: "inventory" }]);
      await diary.until("/certify other"); // had certify been let go, it would have run before this
      const certifiedEarly = diary.count("certify c1");
      doors[second as "a" | "b"].open();
      await diary.until("/certify c1");
      await eventually(() => isIdle(queue));

      expect(certifiedEarly).toBe(0);
      expect([...diary.lines].sort()).toEqual(
        ["a c1", "b c1", "certify c1", "certify other"].flatMap((line) => [line, `/${line}`]).sort(),
      );
    },
  );

  it("adds again, once, a target whose active job it names too", async () => {
    const queue = await server.open();
    const door = gate();
    const diary = new Diary().on("a c1", () => door.passed.then(() => done));
    await queue.addCases([caseOf("a")]);
    await diary.work(queue, everything);
    await diary.until("a c1");

    for (let times = 0; times < 3; times += 1) expect(await queue.wakeCase(caseOf("a", "b"))).toBe("added");
    await diary.until("/b c1");
    door.open();
    await diary.until("/certify c1");
    await eventually(() => isIdle(queue));

    expect(diary.count("a c1")).toBe(1);
    expect(diary.count("certify c1")).toBe(1);
  });

  it("runs a delayed target now, and at the new priority", async () => {
    const queue = await server.open();
    const diary = new Diary().on("a c1", async () =>
      diary.count("a c1") === 1 ? { kind: "delay", until: new Date(Date.now() + 500_000) } : done,
    );
    await queue.addCases([caseOf("a")]);
    await diary.work(queue, everything, 1);
    await eventually(async () => (await queue.depths())["target-a"]?.delayed === 1);
    await queue.pauseTarget("a");
    await queue.addCases([{ caseId: "ahead", targets: ["a"], priority: "ordinary" }]);

    await queue.wakeCase({ ...caseOf("a"), priority: "urgent" });
    await queue.resumeTarget("a");
    await diary.until("/certify ahead");

    expect(diary.lines.indexOf("/a c1", 2)).toBeLessThan(diary.lines.indexOf("a ahead"));
  });

  it("stays once per turn however many wake the case at the same time", async () => {
    const queue = await server.open();
    const diary = new Diary();
    await queue.addCases([caseOf("a", "b", "c")]);

    await Promise.all(Array.from({ length: 8 }, () => queue.wakeCase(caseOf("a", "b", "c"))));
    await diary.work(queue, everything);
    await eventually(() => diary.count("/a c1") * diary.count("/b c1") * diary.count("/c c1") > 0);
    await eventually(() => isIdle(queue));

    expect(["a c1", "b c1", "c c1"].map((line) => diary.count(line))).toEqual([1, 1, 1]);
  });

  it("loses no certify job when a target ends in the very moment in which its case is woken", async () => {
    const queue = await server.open();
    const door = gate();
    const diary = new Diary().on("a c1", () => door.passed.then(() => done));
    await queue.addCases([caseOf("a")]);
    await diary.work(queue, everything);
    await diary.until("a c1");
    await server.slowDownTying();

    const waking = queue.wakeCase(caseOf("a"));
    await sleep(150); // the new certify job is being tied to the target's job, which is still active
    door.open();
    await waking;
    await diary.until("/certify c1");
    await eventually(() => isIdle(queue));

    expect(await server.jobs(["certify", "target-a"])).toEqual([]);
  });
});
