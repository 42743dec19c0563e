import { Diary, done, eventually, gate, isIdle } from "./actors.ts";
import { describeOnBoth } from "./servers.ts";

const everything = ["a", "b", "c", "certify"];

describeOnBoth("case flows", (server) => {
  it("runs certify once, after every target of its case", async () => {
    const queue = await server.open();
    const diary = new Diary();
    await queue.addCases([
      { caseId: "c1", targets: ["a", "b", "c"], priority: "ordinary" },
      { caseId: "c2", targets: ["b"], priority: "ordinary" },
      { caseId: "c3", targets: [], priority: "ordinary" },
    ]);

    await diary.work(queue, everything);
    for (const caseId of ["c1", "c2", "c3"]) await diary.until(`/certify ${caseId}`);
    await eventually(() => isIdle(queue));

    const { lines } = diary;
    expect([...lines].sort()).toEqual(
      ["a c1", "b c1", "c c1", "certify c1", "b c2", "certify c2", "certify c3"]
        .flatMap((line) => [line, `/${line}`])
        .sort(),
    );
    for (const last of ["/a c1", "/b c1", "/c c1"]) {
      expect(lines.indexOf(last)).toBeLessThan(lines.indexOf("certify c1"));
    }
  });

  it("takes a flow that is added again as the one it has, before and during its run", async () => {
    const queue = await server.open();
    const flow = { caseId: "c1", targets: ["a", "b"], priority: "ordinary" } as const;
    const door = gate();
    const diary = new Diary()
      .on("a c1", () => door.passed.then(() => done))
      .on("b c1", () => door.passed.then(() => done));
    await queue.addCases([flow, flow]);
    await queue.addCases([flow]);

    await diary.work(queue, everything);
    await Promise.all([diary.until("a c1"), diary.until("b c1")]);
    await queue.addCases([flow]);
    door.open();
    await diary.until("/certify c1");
    await eventually(() => isIdle(queue));

    expect([...diary.lines].sort()).toEqual(["/a c1", "/b c1", "/certify c1", "a c1", "b c1", "certify c1"]);
  });

  it("resumes a delayed job as often as it asks, and certifies after its last turn", async () => {
    const queue = await server.open();
    let turns = 0;
    const diary = new Diary().on("a c1", async () => {
      turns += 1;
      return turns < 4 ? { kind: "delay", until: new Date(Date.now() + 50) } : done;
    });
    await queue.addCases([{ caseId: "c1", targets: ["a", "b"], priority: "ordinary" }]);

    await diary.work(queue, everything);
    await diary.until("/certify c1");

    expect(diary.count("a c1")).toBe(4);
    expect(diary.lines.lastIndexOf("/a c1")).toBeLessThan(diary.lines.indexOf("certify c1"));
    expect(diary.count("certify c1")).toBe(1);
  });

  it("delays a certify job too, and never longer than ten minutes", async () => {
    const queue = await server.open();
    const inAnHour = new Date(Date.now() + 3_600_000);
    const diary = new Diary()
      .on("certify c1", async () => ({ kind: "delay", until: inAnHour }))
      .on("a c2", async () => ({ kind: "delay", until: inAnHour }));
    await queue.addCases([
      { caseId: "c1", targets: [], priority: "ordinary" },
      { caseId: "c2", targets: ["a"], priority: "ordinary" },
    ]);

    await diary.work(queue, everything);
    await eventually(async () => {
      const depths = await queue.depths();
      return depths["certify"]?.delayed === 1 && depths["target-a"]?.delayed === 1;
    });

    const delays = (await server.jobs(["certify", "target-a"])).map(({ delay }) => delay).filter((delay) => delay > 0);
    expect(delays).toHaveLength(2);
    for (const delay of delays) expect(delay).toBeLessThanOrEqual(600_000);
  });

  it("certifies a case of which a handler threw, and keeps nothing of the failure", async () => {
    const queue = await server.open();
    const diary = new Diary()
      .on("a c1", () => Promise.reject(new Error("a bug")))
      .on("certify c2", () => Promise.reject(new Error("a bug")));
    await queue.addCases([
      { caseId: "c1", targets: ["a", "b"], priority: "ordinary" },
      { caseId: "c2", targets: ["b"], priority: "ordinary" },
    ]);

    await diary.work(queue, everything);
    await Promise.all([diary.until("/certify c1"), diary.until("certify c2")]);
    await eventually(() => isIdle(queue));

    expect(diary.count("a c1")).toBe(1);
    expect(diary.count("/b c1")).toBe(1);
    expect(await server.jobs(["certify", "target-a", "target-b"])).toEqual([]);
  });

  it("leaves out a target that is not configured any more, and certifies the rest", async () => {
    const queue = await server.open();
    const diary = new Diary();
    await queue.addCases([{ caseId: "c1", targets: ["a", "gone"], priority: "ordinary" }]);

    await diary.work(queue, everything);
    await diary.until("/certify c1");

    expect(diary.count("/a c1")).toBe(1);
  });

  it("keeps a target called certify apart from the certify jobs", async () => {
    const queue = await server.open({ targets: ["certify"] });
    const ran: string[] = [];
    await queue.consumeTarget("certify", { concurrency: 1 }, async ({ id }) => {
      ran.push(`target ${id}`);
      return done;
    });
    await queue.consumeCertify(
      async (caseId) => {
        ran.push(`certify ${caseId}`);
        return done;
      },
      { concurrency: 1 },
    );

    await queue.addCases([{ caseId: "c1", targets: ["certify"], priority: "ordinary" }]);
    await eventually(() => ran.length === 2);

    expect(ran).toEqual(["target c1.certify", "certify c1"]);
  });

  it("runs a lone task once, beside the cases", async () => {
    const queue = await server.open();
    const diary = new Diary();
    const task = { id: "p1", target: "a", name: "preview", priority: "urgent" } as const;
    await queue.addTask(task);
    await queue.addTask(task);
    await queue.addTask({ id: "p1", target: "a", name: "accounts", priority: "inventory" });

    await diary.work(queue, everything, 1);
    await diary.until("/a accounts p1");

    expect(diary.lines).toEqual(["a preview p1", "/a preview p1", "a accounts p1", "/a accounts p1"]);
  });

  it("T13 stores ids and nothing else about a case", async () => {
    const queue = await server.open();
    await queue.addCases([{ caseId: "c1", targets: ["a", "b"], priority: "urgent" }]);
    await queue.addTask({ id: "t1", target: "a", name: "preview", priority: "ordinary" });

    const jobs = await server.jobs(["certify", "target-a", "target-b", "target-c"]);

    const stored = jobs.map(({ id, name, data }) => ({ id, name, data }));
    expect(stored.sort((one, other) => String(one.id).localeCompare(String(other.id)))).toEqual([
      { id: "c1", name: "certify", data: { caseId: "c1" } },
      { id: "c1.a", name: "case", data: { caseId: "c1" } },
      { id: "c1.b", name: "case", data: { caseId: "c1" } },
      { id: "preview.t1", name: "preview", data: { id: "t1" } },
    ]);
  });

  it("T13 tells the server nothing of what a handler threw", async () => {
    const queue = await server.open();
    const threw = gate();
    const diary = new Diary()
      .on("a c1", () => Promise.reject(new Error("canary-in-the-message", { cause: "canary-in-the-cause" })))
      .on("b c1", () => threw.passed.then(() => done));
    await queue.addCases([{ caseId: "c1", targets: ["a", "b"], priority: "ordinary" }]);
    await diary.work(queue, everything);
    await diary.until("a c1");
    await eventually(async () => (await server.jobs(["target-a"])).length === 0);

    const dump = await server.dump(); // while certify still waits, and remembers its failed child
    threw.open();
    await diary.until("/certify c1");

    expect(dump).toContain("job handler threw");
    expect(dump).not.toContain("canary");
  });

  it("T27 runs none of 1,000 crafted jobs, and goes on with its own", async () => {
    const queue = await server.open();
    const diary = new Diary();
    const crafted = [
      { name: "case", data: { caseId: "victim" } },
      { name: "case", data: { caseId: { toString: "victim" } } },
      { name: "case", data: {} },
      { name: "preview", data: { id: "somebody-else" } },
      { name: "__proto__", data: { caseId: "victim" } },
    ];
    await server.producer().addBulk(
      Array.from({ length: 1_000 }, (_, index) => ({
        queueName: index % 2 === 0 ? "target-a" : "certify",
        ...(crafted[index % crafted.length] ?? { name: "case" }),
        opts: { jobId: `crafted.${index}`, removeOnFail: true, removeOnComplete: true },
      })),
    );
    await queue.addCases([{ caseId: "c1", targets: ["a"], priority: "inventory" }]);

    await diary.work(queue, everything, 50);
    await diary.until("/certify c1");
    await eventually(() => isIdle(queue));

    expect(diary.lines).toEqual(["a c1", "/a c1", "certify c1", "/certify c1"]);
  });

  it("says so when the server refuses a flow, instead of losing it", async () => {
    const queue = await server.open();
    await server.refuseJobs();

    const adding = queue.addCases([{ caseId: "c1", targets: ["a"], priority: "ordinary" }]);

    await expect(adding).rejects.toMatchObject({ code: "not-added" });
  });

  it("refuses names that no queue can have, and targets that it does not know", async () => {
    const queue = await server.open();

    await expect(server.open({ targets: ["Ä:b"] })).rejects.toMatchObject({ code: "invalid-target" });
    await expect(queue.pauseTarget("d")).rejects.toMatchObject({ code: "unknown-target" });
    await expect(queue.addTask({ id: "1", target: "d", name: "preview", priority: "ordinary" })).rejects.toMatchObject({
      code: "unknown-target",
    });
  });
});
