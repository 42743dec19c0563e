import { delaysAfter } from "../../connectors/testkit/faults/index.ts";
import { casesOf, complaintsAbout, untilComplete } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { openRawQueue, type RawQueue } from "../support/raw-queue.ts";
import { itSideBySide, onBoth, type QueueKind } from "../support/side-by-side.ts";
import { openWorld, type Planted, type World } from "../support/world.ts";

/** The queue may lose anything at any time: our tables know what is due, and the sweep asks for it again (I18). */
interface Scene {
  readonly world: World;
  readonly leaver: Planted;
  /** The source says that the leaver is gone. */
  readonly sayGone: () => Promise<{ caseId: string; raw: RawQueue }>;
  readonly untilComplete: (caseId: string) => Promise<void>;
}

interface Situation {
  readonly name: string;
  readonly play: (scene: Scene) => Promise<void>;
}

const situations: readonly Situation[] = [
  {
    name: "F04 I18 resumes within 60 s when everything was wiped while a turn was under way",
    async play({ world, leaver, sayGone, untilComplete }) {
      const [held = ""] = leaver.consumer.keyAuth.map(({ id }) => id);
      world.kong.faults.add({ on: { method: "DELETE", subject: held }, fault: delaysAfter(2_000) });
      await world.start();
      const { caseId, raw } = await sayGone();
      await eventually("a revocation", async () => world.kong.writes().some(({ path }) => path.endsWith(held)));
      const turns = await turnsOf(world, caseId);

      await raw.wipe();

      await eventually("the next turn", async () => (await turnsOf(world, caseId)) > turns, { withinMs: 60_000 });
      await untilComplete(caseId);
    },
  },
  {
    name: "frees a case whose child was lost while its parent waits",
    async play({ world, sayGone, untilComplete }) {
      await world.start();
      const { caseId, raw } = await sayGone();
      const child = ["target-kong", `${caseId}.kong`] as const;
      await eventually("a child between its looks", async () => (await raw.stateOf(...child)) === "delayed");

      await raw.loseJob(...child);

      expect(await raw.stateOf("certify", caseId)).toBe("waiting-children");
      await untilComplete(caseId);
    },
  },
  {
    name: "frees a case that a kept failed child has stopped",
    async play({ world, sayGone, untilComplete }) {
      await world.start({ command: "api" });
      const { caseId, raw } = await sayGone();
      await raw.addStoppedFlow(caseId, "kong");
      const stopped = [await raw.stateOf("target-kong", `${caseId}.kong`), await raw.stateOf("certify", caseId)];

      await world.start({ command: "worker" });

      expect(stopped).toEqual(["failed", "waiting-children"]);
      await untilComplete(caseId);
    },
  },
  {
    name: "I09 certifies once when the case is woken while its certificate is being signed",
    async play({ world, sayGone, untilComplete }) {
      await world.start({ fault: "certify.before-sign:delay" });
      const { caseId, raw } = await sayGone();
      const certify = (): Promise<string | null> => raw.stateOf("certify", caseId);
      await eventually("the certify job", async () => (await certify()) === "active", { everyMs: 10 });

      await world.query(`INSERT INTO outbox (kind, case_id) VALUES ('wake', $1)`, [caseId]);
      await eventually("the wake to be put off", async () => {
        const waiting = await world.query(`SELECT 1 FROM outbox WHERE kind = 'wake' AND not_before > created_at`);
        return waiting.length > 0;
      });

      await untilComplete(caseId);
      await eventually("the wake to be heeded", async () => (await world.query(`SELECT 1 FROM outbox`)).length === 0);
      await eventually("a queue at rest", async () => (await certify()) === null);
      await untilComplete(caseId);
    },
  },
];

async function turnsOf(world: World, caseId: string): Promise<number> {
  const [row] = await world.query<{ fencing: string }>(`SELECT fencing FROM case_target WHERE case_id = $1`, [caseId]);
  return Number(row?.fencing);
}

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.stop());

describe("a queue that lost something", () => {
  itSideBySide(
    situations.flatMap((one) => onBoth(one)),
    inAWorld,
  );
});

async function inAWorld({ queue, play }: Situation & { queue: QueueKind }): Promise<void> {
  const world = await openWorld({ database: { adminUrl: server.adminUrl }, queue, lookGap: "3s" });
  const opened: RawQueue[] = [];
  try {
    const leaver = world.plant("leaver", { keyAuth: [{}, {}], acls: ["staff"] });
    await play({
      world,
      leaver,
      async sayGone() {
        const raw = await openRawQueue(world);
        opened.push(raw);
        const personId = await world.announce(leaver);
        await world.say(personId, false);
        const [found] = await casesOf(world, personId);
        if (found === undefined) throw new Error("no case was opened");
        return { caseId: found.id, raw };
      },
      async untilComplete(caseId) {
        await untilComplete(world, caseId);
        expect(await complaintsAbout(world, { caseId, leaver, bystanders: [] })).toEqual([]);
      },
    });
  } finally {
    await Promise.all(opened.map((raw) => raw.close()));
    await world.close();
  }
}
