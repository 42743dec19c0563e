import { ConnectorError } from "../../../connectors/contract/error.ts";
import {
  answers,
  emptyBody,
  htmlBody,
  hugeBody,
  redirects,
  resetsAfter,
  resetsBefore,
  throttles,
  truncatedJson,
  wrongTypes,
} from "../../../connectors/testkit/faults/index.ts";
import { closing, discover, kindOf, look, openAt, rejection, theOne } from "./support.ts";
import { plans, startWorld } from "./world.ts";

/** One read of each sort that a look at GitHub makes. */
const reads = [
  { what: "the user", path: /^\/user\/\d+/ },
  { what: "the membership", path: /\/memberships\// },
  { what: "the repositories", path: /^\/orgs\/acme\/repos/ },
  { what: "a permission", path: /\/collaborators\/.*\/permission/ },
  { what: "the organization's secrets", path: /^\/orgs\/acme\/dependabot\/secrets(\?|$)/ },
  { what: "who sees one of them", path: /\/secrets\/ORG_APP\/repositories/ },
  { what: "a repository's secrets", path: /^\/repos\/acme\/app\/codespaces\/secrets/ },
  { what: "its environments", path: /\/environments(\?|$)/ },
  { what: "an environment's secrets", path: /\/environments\/production\/secrets/ },
];

const answersOfAll = [
  { name: "a page of HTML", fault: htmlBody(), code: "invalid-response" },
  { name: "nothing", fault: emptyBody(), code: "invalid-response" },
  { name: "half a JSON", fault: truncatedJson(), code: "invalid-response" },
  { name: "wrong types", fault: wrongTypes(), code: "invalid-response" },
  {
    name: "a redirect elsewhere",
    fault: redirects("https://elsewhere.example.com/"),
    code: /egress-refused|invalid-response/,
  },
  { name: "404", fault: answers(404, { message: "Not Found" }), code: "not-visible" },
  { name: "403", fault: answers(403, { message: "Resource not accessible by integration" }), code: "forbidden" },
  { name: "401", fault: answers(401, { message: "Bad credentials" }), code: "unauthorized" },
  { name: "500", fault: answers(500, {}), code: "unavailable" },
  { name: "throttling", fault: throttles(7), code: "rate-limited" },
  { name: "a reset before", fault: resetsBefore(), code: "unavailable" },
  { name: "a reset after", fault: resetsAfter(), code: "unavailable" },
];

describe.each(reads)("F06 when $what", ({ what, path }) => {
  it.each(answersOfAll)("is answered with $name, nothing is taken for whole", async ({ name, fault, code }) => {
    const world = closing(await startWorld());
    world.github.faults.add({ on: { path }, times: "always", fault });
    const { session } = await openAt(world);

    const thrown = await rejection(discover(session, world.leaver, "exposure"));

    expect(thrown).toBeInstanceOf(ConnectorError);
    expect((thrown as ConnectorError).code).toMatch(what === "the user" && name === "404" ? /not-visible/ : code);
    expect(String(thrown)).not.toMatch(/<html|Bad credentials/i);
    expect(world.github.faults.unfired()).toEqual([]);
    expect(world.github.writes()).toEqual([]);
  });
});

describe("a listing of GitHub's", () => {
  it("F06 without an end is no whole one", async () => {
    const world = closing(await startWorld());
    world.github.faults.add({
      on: { path: /codespaces\/secrets/ },
      times: "always",
      fault: world.github.lies.endlessPages(),
    });
    const { session } = await openAt(world);

    expect(await rejection(discover(session, world.leaver, "exposure"))).toMatchObject({ code: "invalid-response" });
  });

  it("F06 of a gigabyte is cut short", async () => {
    const world = closing(await startWorld());
    world.github.faults.add({ on: { path: /^\/orgs\/acme\/repos/ }, fault: hugeBody(1_000_000_000) });
    const { session } = await openAt(world);

    expect(await rejection(discover(session, world.leaver, "exposure"))).toMatchObject({ code: "invalid-response" });
  });

  it.each([
    { what: "membership", path: /\/memberships\// },
    { what: "permission", path: /\/collaborators\/.*\/permission/ },
  ])("F06 that answers with another's $what is refused", async ({ path }) => {
    const world = closing(await startWorld());
    world.github.faults.add({ on: { path }, fault: world.github.lies.answersFor("sam") });
    const { session } = await openAt(world);

    expect(await rejection(discover(session, world.leaver, "exposure"))).toMatchObject({ code: "invalid-response" });
  });

  it("F06 that answers with another user's id is refused", async () => {
    const world = closing(await startWorld());
    const sam = world.github.user("sam");
    const [id, login, type] = [sam.id, "sam", "User"];
    world.github.faults.add({ on: { path: /^\/user\/\d+/ }, fault: answers(200, { id, login, type }) });
    const { session } = await openAt(world);

    expect(await rejection(discover(session, world.leaver, "exposure"))).toMatchObject({ code: "invalid-response" });
  });

  it("I14 that hides the members does not make the leaver gone", async () => {
    const world = closing(await startWorld());
    const hidden = world.github.lies.hidden();
    world.github.faults.add({
      on: { path: /\/(memberships|members|outside_collaborators)/ },
      times: "always",
      fault: hidden,
    });
    const { session } = await openAt(world);
    const known = [await knownReach()];

    expect(await rejection(discover(session, world.leaver, "exposure", known))).toMatchObject({ code: "not-visible" });

    async function knownReach() {
      const other = closing(await startWorld());
      const reach = theOne(await look((await openAt(other)).session, other.leaver), "exposure");
      return { ...reach, ref: world.leaver.id, accountId: world.leaver.id };
    }
  });
});

describe("an issuer", () => {
  const broken = [
    { issuer: "AWS", fake: "aws" as const, plan: "deploy", left: "gateway", on: {} },
    { issuer: "Kong", fake: "kong" as const, plan: "gateway", left: "deploy", on: { door: "admin" } },
  ];
  const faults = answersOfAll.filter(
    ({ name }) => !["401", "throttling", "a redirect elsewhere", "404", "403"].includes(name),
  );

  describe.each(broken)("$issuer", ({ fake, left, on }) => {
    it.each(faults)("F06 that answers with $name keeps no other plan from being listed", async ({ name, fault }) => {
      const world = closing(await startWorld());
      const said = fake === "aws" && name === "wrong types" ? world.aws.lies.wrongShape() : fault; // AWS speaks XML
      world[fake].faults.add({ on, times: "always", fault: said });
      const { session } = await openAt(world);
      await discover(session, world.leaver, "exposure");

      const seen: string[] = [];
      const walk = async () => {
        for await (const { items } of kindOf("credential").discover(session, world.leaver, [])) {
          seen.push(...items.map(({ facts }) => String(facts["plan"])));
        }
      };
      expect(await rejection(walk())).toBeInstanceOf(ConnectorError);
      expect(seen).toEqual([left]);
    });
  });

  it.each([
    { issuer: "AWS", name: "deploy", lie: "another user's keys" },
    { issuer: "Kong", name: "gateway", lie: "another consumer's keys" },
  ])("$issuer that lists $lie is refused", async ({ name }) => {
    const world = closing(await startWorld());
    if (name === "deploy") {
      world.aws.faults.add({ on: {}, times: "always", fault: world.aws.lies.answersFor("deploy2") });
    } else {
      const other = world.kong.state()["consumers"]?.find((row) => row["username"] === "ci2")?.id ?? "";
      world.kong.faults.add({ on: { door: "admin" }, times: "always", fault: world.kong.lies.answersFor(other) });
    }
    const settings = { plans: plans.filter((plan) => plan.name === name) };
    const { session } = await openAt(world, { settings });

    expect(await rejection(discover(session, world.leaver, "credential"))).toMatchObject({ code: "invalid-response" });
  });

  it("whose principal has no working key is no plan that is done", async () => {
    const world = closing(await startWorld());
    world.aws.meddle("DeleteAccessKey", { UserName: "deploy", AccessKeyId: world.awsKey.accessKeyId });
    const { session } = await openAt(world);

    const thrown = await rejection(discover(session, world.leaver, "credential"));

    expect(thrown).toMatchObject({ code: "not-visible" });
    expect(String(thrown)).toContain("deploy of the plan deploy has no access key that works");
  });
});
