import { casesOf, heldBy, readCase, readCertificate } from "../support/checker.ts";
import { testServer, type TestServer } from "../support/database.ts";
import { eventually } from "../support/eventually.ts";
import { openWorld, type Planted, type World } from "../support/world.ts";

/** Looking first: a target that is only observed, and a dry run, find everything and write nothing (trust rule 17). */
let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.stop());

const everyKind = {
  keyAuth: [{}, {}, {}],
  jwt: [{}],
  basicAuth: [{ username: "leaver" }],
  hmacAuth: [{ username: "leaver" }],
  oauth2: [{ name: "application", tokens: [{}, {}] }],
  acls: ["admins", "staff"],
};

describe.each(["observe", "enforce"] as const)("a target in %s", (mode) => {
  let world: World;
  let leaver: Planted;
  let personId: string;
  let before: string;

  beforeAll(async () => {
    world = await openWorld({
      database: { adminUrl: server.adminUrl },
      queue: "postgres",
      mode,
      kong: { pageSize: 2 },
    });
    leaver = world.plant("leaver", everyKind);
    before = world.kong.stateOf(leaver.consumer.id);
    await world.start();
    personId = await world.announce(leaver);
  }, 60_000);
  afterAll(() => world.close());

  const untouched = async (): Promise<object> => ({
    writes: world.kong.writes(),
    isAsBefore: world.kong.stateOf(leaver.consumer.id) === before,
    intents: await world.query("SELECT * FROM intent"),
  });
  const nothingTouched = { writes: [], isAsBefore: true, intents: [] };

  it("`offboard --dry-run` names every item, opens no case and writes nothing", async () => {
    const ran = await world.lastday("offboard", leaver.userName, "--dry-run", "--json");

    const seen = JSON.parse(ran.out) as { targets: { result: { items: { ref: string }[] } }[] };
    const refs = seen.targets.flatMap(({ result }) => result.items.map(({ ref }) => ref));
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    expect(refs.toSorted()).toEqual(heldBy(leaver).toSorted());
    expect(await casesOf(world, personId)).toEqual([]);
    expect(await untouched()).toEqual(nothingTouched);
  });

  if (mode === "enforce") return;

  it("I09 observing names every item, writes nothing, and the certificate says that nothing was ended", async () => {
    await world.say(personId, false);
    const [opened] = await casesOf(world, personId);
    const caseId = opened?.id ?? "";
    const ended = await eventually("the end of the case", async () => {
      const found = await readCase(world, caseId);
      return found.state.startsWith("complete") ? found : null;
    });
    const { report } = await readCertificate(world, caseId);

    expect(ended.state).toBe("complete_with_exceptions");
    expect(ended.itemList.map(({ ref }) => ref).toSorted()).toEqual(heldBy(leaver).toSorted());
    expect(new Set(ended.itemList.map(({ status }) => status.word))).toEqual(new Set(["Only observed"]));
    expect(report.result).toBe("valid");
    expect(report.certificate?.statement.predicate.outcome).toBe("complete_with_exceptions");
    expect(report.certificate?.contents.notCovered).toContainEqual(
      expect.objectContaining({ target: "kong", what: "the whole target" }),
    );
    expect(report.certificate?.contents.items.some((item) => item.verification.verdict === "dead")).toBe(false);
    expect(await untouched()).toEqual(nothingTouched);
  });
});
