import { casesOf, complaintsAbout, untilComplete } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { itSideBySide, onBoth, onQueue, type QueueKind } from "../support/side-by-side.ts";
import { openWorld } from "../support/world.ts";

/**
 * kill -9 of the whole process at named points, then a start without a fault: nothing is lost, nothing is done twice,
 * nobody else is touched. A killed turn is taken over when its lock runs out, so the runs wait side by side.
 */
interface Point {
  readonly name: string;
  /** See src/config/fault.ts. */
  readonly fault: string;
}

const points: readonly Point[] = [
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
];

const onRedisToo = new Set<string>([
  "relay.after-add:kill",
  "step.revoke.after-intent:kill:2",
  "step.revoke.after-reply:kill:3",
  "step.verify.between-looks:kill:2",
  "certify.after-sign:kill",
]);

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.stop());

describe("F02 I06 I09 kill -9 at a named point, then a start", () => {
  itSideBySide(
    points.flatMap((point) =>
      onRedisToo.has(point.fault) ? onBoth<Point>(point) : [onQueue<Point>(point, "postgres")],
    ),
    crashAndResume,
  );
});

async function crashAndResume({ fault, queue }: Point & { queue: QueueKind }): Promise<void> {
  const world = await openWorld({ database: { adminUrl: server.adminUrl }, queue });
  try {
    const leaver = world.plant("leaver", { keyAuth: [{}, {}], basicAuth: [{ username: "leaver" }], acls: ["staff"] });
    const stays = world.plant("stays", { keyAuth: [{}], basicAuth: [{ username: "stays" }], acls: ["staff"] });
    const before = world.kong.stateOf(stays.consumer.id);

    const doomed = await world.start({ fault });
    const personId = await world.announce(leaver);
    await world.announce(stays);
    const said = await world.say(personId, false).catch(() => null);
    await eventually("the fault", async () => !doomed.isAlive());
    expect((await doomed.ended).signal).toBe("SIGKILL");

    await world.start();
    // Where no answer came the source repeats, as sources do.
    expect((said ?? (await world.say(personId, false))).status).toBe(200);
    const [opened] = await casesOf(world, personId);
    const caseId = opened?.id ?? "";
    await untilComplete(world, caseId);

    const bystanders = [{ planted: stays, before }];
    expect(await complaintsAbout(world, { caseId, leaver, bystanders })).toEqual([]);
  } finally {
    await world.close();
  }
}
