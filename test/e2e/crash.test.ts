import { complaintsAbout, casesOf, readCase } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { atMost, eventually } from "../support/eventually.ts";
import { openWorld, type World } from "../support/world.ts";

/**
 * kill -9 of the whole process at named points, then a start without a fault: nothing is lost, nothing is done twice,
 * nobody else is touched. A killed turn is taken over when its lock runs out, so the runs wait side by side.
 */
const points = [
  { name: "after the commit of the notice, before its answer", fault: "receive.after-commit:kill:3" },
  { name: "before the case reaches the queue", fault: "relay.before-add:kill" },
  { name: "after the case reached the queue, before the outbox knows", fault: "relay.after-add:kill" },
  { name: "after the accounts were found, before they are recorded", fault: "step.resolve.before-settle:kill" },
  { name: "after the intent to freeze", fault: "step.revoke.after-intent:kill:1" },
  { name: "after the target's answer to the freeze", fault: "step.revoke.after-reply:kill:1" },
  { name: "after the freeze, before its record", fault: "step.freeze.after-reply:kill" },
  { name: "after the first look, before its record", fault: "step.discover.before-settle:kill" },
  { name: "after the intent to revoke", fault: "step.revoke.after-intent:kill:2" },
  { name: "after the target's answer to a revocation, before its record", fault: "step.revoke.after-reply:kill:3" },
  { name: "after the record of a revocation, before the next", fault: "step.revoke.after-record:kill:2" },
  { name: "after a look, before its record", fault: "step.verify.before-settle:kill" },
  { name: "between the two looks", fault: "step.verify.between-looks:kill:2" },
  { name: "before signing", fault: "certify.before-sign:kill" },
  { name: "after signing, before the certificate is kept", fault: "certify.after-sign:kill" },
  { name: "after the certificate was kept", fault: "certify.after-commit:kill" },
] as const;

const onRedisToo = new Set<string>([
  "relay.after-add:kill",
  "step.revoke.after-intent:kill:2",
  "step.revoke.after-reply:kill:3",
  "step.verify.between-looks:kill:2",
  "certify.after-sign:kill",
]);

const runs = points.flatMap((point) => [
  { ...point, queue: "postgres" as const },
  ...(onRedisToo.has(point.fault) ? [{ ...point, queue: "redis" as const }] : []),
]);

describe("F02 I06 I09 kill -9 at a named point, then a start", () => {
  let server: TestServer;
  const outcomes = new Map<string, Promise<CrashOutcome>>();
  const keyOf = ({ fault, queue }: (typeof runs)[number]): string => `${fault} ${queue}`;

  beforeAll(async () => {
    server = await testServer();
    const inTurn = atMost(6);
    for (const run of runs) {
      const outcome = inTurn(() => crashAndResume(server.adminUrl, run));
      outcome.catch(() => undefined); // its own test reports it
      outcomes.set(keyOf(run), outcome);
    }
  });
  afterAll(async () => {
    await Promise.allSettled(outcomes.values());
    await server.stop();
  }, 300_000);

  it.each(runs)(
    "$name, queue on $queue",
    async (run) => {
      const outcome = await outcomes.get(keyOf(run));

      expect(outcome).toEqual({ endedBy: "SIGKILL", complaints: [] });
    },
    300_000,
  );
});

interface CrashOutcome {
  endedBy: NodeJS.Signals | null;
  complaints: string[];
}

async function crashAndResume(
  adminUrl: string,
  { fault, queue }: { fault: string; queue: "redis" | "postgres" },
): Promise<CrashOutcome> {
  const world = await openWorld({ database: { adminUrl }, queue });
  try {
    const leaver = world.plant("leaver", { keyAuth: [{}, {}], basicAuth: [{ username: "leaver" }], acls: ["staff"] });
    const stays = world.plant("stays", { keyAuth: [{}], basicAuth: [{ username: "stays" }], acls: ["staff"] });
    const before = world.kong.stateOf(stays.consumer.id);

    const doomed = await world.start({ fault });
    const personId = await world.announce(leaver);
    await world.announce(stays);
    const said = await world.say(personId, false).catch(() => null);
    await eventually("the fault", async () => !doomed.isAlive());
    const { signal } = await doomed.ended;

    await world.start();
    if (said === null) await sayAgain(world, personId);
    const [opened] = await casesOf(world, personId);
    if (opened === undefined) return { endedBy: signal, complaints: ["I01: there is no case after a 2xx"] };
    await eventually("an end of the case", async () => (await readCase(world, opened.id)).state === "complete");
    const complaints = await complaintsAbout(world, {
      caseId: opened.id,
      leaver,
      bystanders: [{ planted: stays, before }],
    });
    return { endedBy: signal, complaints };
  } catch (error) {
    throw new Error(`${fault} on ${queue}; the product said:\n${world.output().slice(-6_000)}`, { cause: error });
  } finally {
    await world.close();
  }
}

/** No answer came, so the source repeats, as sources do. */
async function sayAgain(world: World, personId: string): Promise<void> {
  const { status } = await world.say(personId, false);
  if (status !== 200) throw new Error(`the repeated notice was answered ${status}`);
}
