import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Log } from "../../../src/domain/ports.ts";
import { openCaseQueue } from "../../../src/queue/case-queue.ts";
import { silentLog, useDatabase } from "../../support/database.ts";
import { Diary, done, eventually, gate, isIdle } from "./actors.ts";
import { describeOnBoth } from "./servers.ts";

const everything = ["a", "b", "c", "certify"];

describeOnBoth("trouble", (server) => {
  it.each([
    { name: "by the server", wipe: "server" },
    { name: "by ourselves", wipe: "queue" },
  ])(
    "I18 F04 goes on after the queue was wiped $name under active jobs, once everything is added again",
    async ({ wipe }) => {
      const queue = await server.open({ lockDurationMs: 1_500 });
      const doors = [gate(), gate()];
      const lost: boolean[] = [];
      const diary = new Diary();
      for (const line of ["a c1", "b c1", "certify c2"]) {
        diary.on(line, async ({ signal }) => {
          const again = diary.count(line) > 1;
          await doors[again ? 1 : 0]?.passed;
          if (!again) lost.push(signal.aborted);
          return done;
        });
      }
      const flows = [
        { caseId: "c1", targets: ["a", "b", "c"], priority: "ordinary" },
        { caseId: "c2", targets: [], priority: "ordinary" },
        { caseId: "c3", targets: ["c"], priority: "watch" },
      ] as const;
      await queue.addCases(flows.slice(0, 2));
      await diary.work(queue, everything);
      await Promise.all(["a c1", "b c1", "/c c1", "certify c2"].map((line) => diary.until(line)));

      if (wipe === "server") await server.flush();
      else await queue.wipe();
      await queue.addCases(flows);
      for (const flow of flows) await queue.wakeCase(flow);
      await Promise.all(["a c1", "b c1", "certify c2"].map((line) => diary.until(line, 2)));
      await diary.until("/certify c3"); // by now the first turns have lost their locks, and seen it
      await eventually(async () => lost.length === 3 || (doors[0]?.open(), false));
      doors[1]?.open();
      await Promise.all(["/certify c1", "/certify c2"].map((line) => diary.until(line)));
      await eventually(() => isIdle(queue));

      expect(diary.count("/certify c1")).toBe(1);
      expect(diary.count("/a c1")).toBe(2);
      expect(await server.jobs(["certify", "target-a", "target-b", "target-c"])).toEqual([]);
    },
  );

  it("I12 F13 tells a turn that its lock is gone, and leaves the job to whoever has it now", async () => {
    const queue = await server.open({ lockDurationMs: 900 });
    const door = gate();
    const diary = new Diary().on("a c1", async ({ signal }) => {
      if (diary.count("a c1") > 1) return door.passed.then(() => done);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      diary.lines.push("lock lost");
      throw new Error("whatever a turn does now");
    });
    const flow = { caseId: "c1", targets: ["a"], priority: "ordinary" } as const;
    await queue.addCases([flow]);
    await diary.work(queue, everything);
    await diary.until("a c1");

    await server.flush();
    await queue.addCases([flow]);
    await diary.until("lock lost");
    await diary.until("a c1", 2);
    door.open();
    await diary.until("/certify c1");

    expect(diary.lines.filter((line) => line.startsWith("/"))).toEqual(["/a c1", "/certify c1"]);
  });

  it("keeps a lock for as long as the turn takes", async () => {
    const queue = await server.open({ lockDurationMs: 600 });
    const elsewhere = await server.open({ lockDurationMs: 600 });
    const door = gate();
    const aborted: boolean[] = [];
    const diary = new Diary().on("a c1", async ({ signal }) => {
      await door.passed;
      aborted.push(signal.aborted);
      return done;
    });
    await queue.addCases([{ caseId: "c1", targets: ["a"], priority: "ordinary" }]);
    await diary.work(queue, ["a", "certify"]);
    await diary.work(elsewhere, ["a", "certify"]);
    await diary.until("a c1");

    for (let locks = 0; locks < 4; locks += 1) await new Promise((resolve) => setTimeout(resolve, 600));
    door.open();
    await diary.until("/certify c1");

    expect(diary.count("a c1")).toBe(1);
    expect(aborted).toEqual([false]);
  });

  it("F04 another process takes over the job of one that was killed", async () => {
    const doomed = startDoomedWorker([...server.address(), "1500"]);
    try {
      await doomed.says("ready");
      const queue = await server.open({ lockDurationMs: 1_500 });
      const diary = new Diary();
      await queue.addCases([{ caseId: "c1", targets: ["a", "b"], priority: "ordinary" }]);
      await doomed.says("took c1");
      await diary.work(queue, everything);
      await diary.until("/b c1");

      const beforeTheKill = diary.count("a c1");
      await doomed.kill();
      await diary.until("/certify c1");

      expect(beforeTheKill).toBe(0);
      expect(diary.count("/a c1")).toBe(1);
      expect(diary.count("certify c1")).toBe(1);
    } finally {
      await doomed.kill();
    }
  });

  it("F04 goes on after every connection was cut, with jobs active, delayed and waiting", async () => {
    const queue = await server.open({ lockDurationMs: 2_000 });
    const door = gate();
    const diary = new Diary()
      .on("a c1", () => door.passed.then(() => done))
      .on("b c1", async () =>
        diary.count("b c1") === 1 ? { kind: "delay", until: new Date(Date.now() + 500) } : done,
      );
    await queue.addCases([{ caseId: "c1", targets: ["a", "b"], priority: "ordinary" }]);
    await diary.work(queue, everything, 1);
    await Promise.all([diary.until("a c1"), diary.until("/b c1")]);

    await server.cutConnections();
    await eventually(() =>
      queue.ping().then(
        () => true,
        () => false,
      ),
    );
    await queue.addCases([{ caseId: "c2", targets: ["a", "b", "c"], priority: "ordinary" }]);
    door.open();
    await Promise.all([diary.until("/certify c1"), diary.until("/certify c2")]);
    await eventually(() => isIdle(queue));

    expect(diary.count("/certify c1")).toBe(1);
  });

  it("reports trouble in constant messages and never in a payload's words", async () => {
    const lines: unknown[][] = [];
    const note = (...line: unknown[]): void => void lines.push(line);
    const log: Log = { debug: note, info: note, warn: note, error: note, with: () => log };
    const queue = await server.open({ log });
    await server
      .producer()
      .add({ name: "case", queueName: "target-a", data: { caseId: "SECRET" }, opts: { jobId: "x" } });

    await queue.consumeTarget("a", { concurrency: 1 }, async () => done);
    await eventually(() => lines.length > 0);

    expect(lines).toEqual([["dropped a job that is not ours", { jobId: "x" }]]);
  });
});

describe("a server that is not there", () => {
  it.each([
    { name: "redis", url: "redis://127.0.0.1:1" },
    { name: "redis by a name that nobody has", url: "redis://nowhere.invalid:6379" },
  ])("is named at the start: $name", async ({ url }) => {
    const opening = openCaseQueue({ backend: { kind: "redis", url }, targets: ["a"], log: silentLog });

    await expect(opening).rejects.toMatchObject({ name: "QueueError", code: "unreachable" });
  });
});

describe("the application's pool", () => {
  const database = useDatabase({ migrated: false });

  it("is left as it was, and open", async () => {
    const { pool } = database;
    const queue = await openCaseQueue({ backend: { kind: "postgres", pool }, targets: ["a"], log: silentLog });
    await queue.addCases([{ caseId: "c1", targets: ["a"], priority: "ordinary" }]);
    await queue.close();

    const { rows } = await pool.query(
      "select current_setting('search_path') as path, current_setting('synchronous_commit') as commit, to_regclass('job') as job",
    );

    expect(rows).toEqual([{ path: '"$user", public', commit: "on", job: null }]);
  });
});

interface Doomed {
  says(line: string): Promise<void>;
  kill(): Promise<void>;
}

function startDoomedWorker(args: readonly string[]): Doomed {
  const script = fileURLToPath(new URL("./doomed-worker.ts", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
  return {
    says: (line) =>
      eventually(
        () => said.split("\n").includes(line),
        () => said,
      ),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
