import {
  answers,
  emptyBody,
  type Fault,
  htmlBody,
  hugeBody,
  truncatedJson,
  withoutEffect,
  wrongTypes,
} from "../../connectors/testkit/faults/index.ts";
import { aliveAtKong, casesOf, complaintsAbout, readCase, readCertificate, untilComplete } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { openWorld, type Planted, type World } from "../support/world.ts";

describe("a target that lies", () => {
  let server: TestServer;
  let world: World;

  beforeAll(async () => {
    server = await testServer();
    world = await openWorld({ database: { adminUrl: server.adminUrl }, queue: "postgres", probes: false });
    await world.start();
  }, 60_000);
  afterAll(async () => {
    await world.close();
    await server.stop();
  });

  async function gone(leaver: Planted): Promise<string> {
    const personId = await world.announce(leaver);
    await world.say(personId, false);
    const [opened] = await casesOf(world, personId);
    return opened?.id ?? "";
  }

  it("F07 I08 deletions that answer 204 and do nothing: still works, until they end", async () => {
    const leaver = world.plant("lied-about", { keyAuth: [{}, {}], acls: ["staff"] });
    const [lied = ""] = leaver.consumer.keyAuth.map(({ id }) => id);
    const endLie = world.kong.faults.add({
      on: { method: "DELETE", subject: lied },
      times: "always",
      fault: withoutEffect(),
    });
    const caseId = await gone(leaver);

    const attempts = (): number => world.kong.writes().filter(({ path }) => path.endsWith(lied)).length;
    await eventually("a second attempt after a second look", async () => attempts() >= 2);
    const item = await eventually("the look after it", async () => {
      const { itemList } = await readCase(world, caseId);
      return itemList.find(({ ref, status }) => ref === lied && status.badge === "failed");
    });
    const during = await readCase(world, caseId);
    const interim = await readCertificate(world, caseId);
    endLie();

    expect(item.status.word).toBe("Still works");
    expect(during.state).toBe("open");
    expect(aliveAtKong(world, leaver)).toEqual([lied]);
    expect(interim.report.result).toBe("valid");
    expect(interim.report.certificate?.statement.predicate.outcome).toBe("interim");
    const claimed = interim.report.certificate?.contents.items.find(({ credential }) => credential.ref === lied);
    expect(claimed?.verification.verdict).toBe("alive");
    await untilComplete(world, caseId);
    expect(await complaintsAbout(world, { caseId, leaver, bystanders: [] })).toEqual([]);
  }, 120_000);

  const lies: readonly { name: string; fault: (other: Planted) => Fault }[] = [
    { name: "no body", fault: () => emptyBody() },
    { name: "a page of HTML", fault: () => htmlBody() },
    { name: "JSON cut in the middle", fault: () => truncatedJson() },
    { name: "values of other types", fault: () => wrongTypes() },
    { name: "100 MB", fault: () => hugeBody(100_000_000) },
    { name: "somebody else's credentials", fault: (other) => world.kong.lies.answersFor(other.consumer.id) },
    { name: "pages without an end", fault: () => world.kong.lies.endlessPages() },
    { name: "500", fault: () => answers(500, { message: "An unexpected error occurred" }) },
  ];

  it("T48 a kind that the target denies to know is named as not covered, and the case never ends as complete", async () => {
    const leaver = world.plant("denied", { keyAuth: [{}], acls: ["staff"] });
    const path = new RegExp(`^/consumers/${leaver.consumer.id}/key-auth`);
    const denial = answers(404, { message: "Not found" });
    const endLie = world.kong.faults.add({ on: { method: "GET", path }, times: "always", fault: denial });

    const caseId = await gone(leaver);
    await eventually("the end of the case", async () => (await readCase(world, caseId)).state.startsWith("complete"));
    const { report } = await readCertificate(world, caseId);
    endLie();

    expect(report.certificate?.statement.predicate.outcome).toBe("complete_with_exceptions");
    expect(report.certificate?.contents.notCovered).toContainEqual(
      expect.objectContaining({ target: "kong", what: "kind key-auth" }),
    );
  });

  it("F07 a list that is not to be believed keeps each case open, touches nobody, and delays nobody else", async () => {
    const stays = world.plant("stays", { keyAuth: [{}, {}] });
    const before = world.kong.stateOf(stays.consumer.id);
    const liedTo = lies.map(({ name, fault }, index) => {
      const leaver = world.plant(`lied-to-${index}`, { keyAuth: [{}, {}] });
      const path = new RegExp(`^/consumers/${leaver.consumer.id}/key-auth`);
      const endLie = world.kong.faults.add({ on: { method: "GET", path }, times: "always", fault: fault(stays) });
      return { name, leaver, endLie, path };
    });
    const cases = await Promise.all(liedTo.map(async (one) => ({ ...one, caseId: await gone(one.leaver) })));
    const honest = world.plant("honest", { keyAuth: [{}] });
    await untilComplete(world, await gone(honest));

    const looks = ({ path }: { path: RegExp }): number =>
      world.kong.calls().filter((call) => path.test(call.path)).length;
    await eventually("two looks at each", async () => cases.every((one) => looks(one) >= 2));
    const during = await Promise.all(
      cases.map(async ({ name, caseId, leaver }) => ({
        name,
        state: (await readCase(world, caseId)).state,
        alive: aliveAtKong(world, leaver).length,
      })),
    );
    for (const { endLie } of cases) endLie();

    expect(during).toEqual(
      lies.map(({ name }) => ({ name, state: expect.stringMatching(/^(open|blocked)$/), alive: 2 })),
    );
    const api = await world.api();
    const others = world.planted;
    for (const { caseId, leaver, name } of cases) {
      await api.send("POST", `/cases/${caseId}/retry`); // need not wait for its time; may have ended already
      await untilComplete(world, caseId);
      const complaints = await complaintsAbout(world, {
        caseId,
        leaver,
        bystanders: [{ planted: stays, before }],
        others,
      });
      expect({ name, complaints }).toEqual({ name, complaints: [] });
    }
  }, 180_000);
});
