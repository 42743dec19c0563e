import fc from "fast-check";
import {
  flowOf,
  rankOf,
  readCertifyJob,
  readTargetJob,
  targetJobId,
  targetQueue,
  taskJob,
  yieldedRank,
} from "../../../src/queue/jobs.ts";
import type { Priority } from "../../../src/queue/port.ts";

const priorities: readonly Priority[] = ["urgent", "ordinary", "batch", "watch", "inventory"];

describe("queue names", () => {
  it.each(["a", "aws-prod", "certify", "2nd", "-", "x".repeat(63)])("are made of the target name %j", (target) => {
    expect(targetQueue(target)).toBe(`target-${target}`);
  });

  it.each(["", "A", "a b", "a:b", "a.b", "a_b", "é", "a\n", "../a", "x".repeat(64)])("refuse %j", (target) => {
    expect(() => targetQueue(target)).toThrow(expect.objectContaining({ code: "invalid-target" }));
  });
});

describe("ranks", () => {
  it("put every urgent job before the first ordinary one, and so on down", () => {
    const ranks = priorities.map(rankOf);

    expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
    expect(new Set(ranks).size).toBe(priorities.length);
  });

  it.each<{ yields: Priority; before: readonly Priority[]; behind: readonly Priority[] }>([
    { yields: "urgent", behind: ["urgent"], before: ["ordinary", "batch", "watch", "inventory"] },
    { yields: "ordinary", behind: ["urgent", "ordinary", "batch"], before: ["watch", "inventory"] },
    { yields: "batch", behind: ["urgent", "ordinary", "batch"], before: ["watch", "inventory"] },
    { yields: "watch", behind: ["urgent", "ordinary", "batch", "watch"], before: ["inventory"] },
    { yields: "inventory", behind: priorities, before: [] },
  ])("put a job of priority $yields that yields behind $behind and before $before", ({ yields, behind, before }) => {
    const rank = yieldedRank(rankOf(yields));

    for (const priority of behind) expect(rankOf(priority)).toBeLessThan(rank);
    for (const priority of before) expect(rankOf(priority)).toBeGreaterThan(rank);
  });

  it("do not change when a job yields again", () => {
    for (const priority of priorities) {
      const once = yieldedRank(rankOf(priority));
      expect(yieldedRank(once)).toBe(once);
    }
  });
});

describe("the flow of a case", () => {
  it("T13 names each target once and carries the case's id and nothing else", () => {
    const flow = flowOf({ caseId: "c1", targets: ["a", "b", "a"], priority: "ordinary" });

    expect(flow.data).toEqual({ caseId: "c1" });
    expect(flow.children?.map(({ queueName, data, opts }) => [queueName, data, opts?.jobId])).toEqual([
      ["target-a", { caseId: "c1" }, "c1.a"],
      ["target-b", { caseId: "c1" }, "c1.b"],
    ]);
  });

  it("keeps no job, tries each once, and lets certify run whatever becomes of its children", () => {
    const flow = flowOf({ caseId: "c1", targets: ["a"], priority: "batch" });

    const once = { attempts: 1, removeOnComplete: true, removeOnFail: true, priority: rankOf("batch") };
    expect(flow.opts).toEqual({ ...once, jobId: "c1" });
    expect(flow.children?.[0]?.opts).toEqual({ ...once, jobId: "c1.a", ignoreDependencyOnFailure: true });
  });
});

describe("T27 what a queue hands out", () => {
  const target = "a";

  it("is read back as it was added", () => {
    const flow = flowOf({ caseId: "c1", targets: [target], priority: "ordinary" });
    const [child] = flow.children ?? [];
    const task = taskJob({ id: "t1", target, name: "accounts", priority: "ordinary" });

    expect(readCertifyJob({ name: flow.name, data: flow.data, id: flow.opts?.jobId })).toBe("c1");
    expect(child && readTargetJob(target, { ...child, data: child.data, id: child.opts?.jobId })).toEqual({
      name: "case",
      caseId: "c1",
      id: "c1.a",
    });
    expect(readTargetJob(target, { ...task, data: task.data, id: task.opts?.jobId })).toEqual({
      name: "accounts",
      caseId: "t1",
      id: "t1",
    });
  });

  it.each([
    { why: "another target's id", job: { name: "case", data: { caseId: "c1" }, id: "c1.b" } },
    { why: "another case's id", job: { name: "case", data: { caseId: "c2" }, id: "c1.a" } },
    { why: "no id", job: { name: "case", data: { caseId: "c1" } } },
    { why: "an empty id", job: { name: "case", data: { caseId: "" }, id: ".a" } },
    { why: "lost data", job: { name: "case", data: {}, id: "c1.a" } },
    { why: "data that is no object", job: { name: "case", data: "c1", id: "c1.a" } },
    { why: "null", job: { name: "case", data: null, id: "c1.a" } },
    { why: "an id that only seems to be text", job: { name: "case", data: { caseId: ["c1"] }, id: "c1.a" } },
    { why: "an inherited field", job: { name: "case", data: Object.create({ caseId: "c1" }), id: "c1.a" } },
    { why: "a certify job", job: { name: "certify", data: { caseId: "c1" }, id: "c1" } },
    { why: "a task under a case's id", job: { name: "preview", data: { id: "c1.a" }, id: "c1.a" } },
    { why: "no known name", job: { name: "revoke-everything", data: { caseId: "c1" }, id: "c1.a" } },
  ])("is refused in a target's queue: $why", ({ job }) => {
    expect(readTargetJob(target, job)).toBeNull();
  });

  it("is never taken for anything but what its id says", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.anything(), (id, name, data) => {
        const read = readTargetJob(target, { id, name, data });
        const certify = readCertifyJob({ id, name, data });
        expect(read === null || id === targetJobId(read.caseId, target) || id === `${read.name}.${read.id}`).toBe(true);
        expect(certify === null || certify === id).toBe(true);
      }),
    );
  });
});
