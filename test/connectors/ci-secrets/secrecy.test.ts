import { answers } from "../../../connectors/testkit/faults/index.ts";
import type { Finding } from "../../../src/domain/access.ts";
import { leaksIn } from "../../support/canaries.ts";
import { StoredRotation } from "./rotation-driver.ts";
import { closing, discover, kindOf, look, openAt, rejection, rotationOf } from "./support.ts";
import type { Opened } from "./support.ts";
import { awsPlaces, kongPlaces, pairIn, startWorld } from "./world.ts";
import type { World } from "./world.ts";

const settings = { rotateWhileReadable: true };

/** Every value there is: planted, issued since, and our own. */
function canariesOf({ canaries, secrets, valueAt }: World) {
  const now = [
    ...awsPlaces.map((place) => pairIn(valueAt(place)).secretAccessKey),
    ...kongPlaces.map((place) => valueAt(place).replace("key=", "")),
  ];
  const own = [secrets["token"] ?? "", secrets["secretAccessKey"] ?? ""];
  return [...new Set([...canaries, ...now, ...own])].map((value, at) => ({ name: `value ${at}`, value }));
}

function told({ exchanges, lines }: Opened): string {
  return [...exchanges.map(({ bytes }) => Buffer.from(bytes).toString("utf8")), ...lines].join("\n");
}

async function credentialsOf(world: World): Promise<readonly Finding[]> {
  const { session } = await openAt(world, { settings });
  return (await look(session, world.leaver)).filter(({ kind }) => kind === "credential");
}

describe("values", () => {
  it("T12 are in no finding, outcome, verdict, evidence or log of a whole way", async () => {
    const world = closing(await startWorld());
    const opened = await openAt(world, { settings });
    const { session } = opened;
    const results: unknown[] = [];

    const found = await look(session, world.leaver);
    results.push(found);
    const { materials } = await discover(session, world.leaver, "credential");
    for (const finding of found.filter(({ kind }) => kind === "credential")) {
      results.push(await new StoredRotation().go(session, finding));
      const material = materials.get(finding.ref);
      results.push(await kindOf("credential").verify(session, finding, material === undefined ? null : { material }));
    }
    for (const finding of found.filter(({ kind }) => kind === "secret")) {
      results.push(rotationOf("secret").plan(session, finding), await kindOf("secret").verify(session, finding, null));
    }

    const text = `${JSON.stringify(results)}\n${told(opened)}`;
    expect(world.consumersWork()).toBe(true);
    expect(text).toContain("CreateAccessKey");
    expect(leaksIn(text, canariesOf(world))).toEqual([]);
  });

  it("T12 are in no error of a target that repeats what it was sent, or knows", async () => {
    const world = closing(await startWorld());
    const findings = await credentialsOf(world);
    const words = canariesOf(world)
      .map(({ value }) => value)
      .join(" ");
    const texts: string[] = [];
    for (const fake of ["github", "aws", "kong"] as const) {
      const withdraw = world[fake].faults.add({
        on: {},
        nth: 2,
        times: "always",
        fault: answers(400, { message: words }),
      });
      for (const finding of findings) {
        const opened = await openAt(world, { settings });
        const thrown = await rejection(new StoredRotation().go(opened.session, finding)).catch(() => null);
        texts.push(String(thrown), JSON.stringify(thrown), told(opened));
      }
      withdraw();
    }

    expect(leaksIn(texts.join("\n"), canariesOf(world))).toEqual([]);
  });

  it("T12 go to GitHub sealed: no request carries one in clear", async () => {
    const world = closing(await startWorld());
    const bodies: string[] = [];
    world.github.faults.add({
      on: { when: ({ body, path }) => bodies.push(`${path} ${body.toString("utf8")}`) < 0 },
      times: "always",
      fault: answers(500),
    });
    const { session } = await openAt(world, { settings });

    for (const finding of await credentialsOf(world)) await new StoredRotation().go(session, finding);

    expect(bodies.some((body) => body.includes("encrypted_value"))).toBe(true);
    expect(leaksIn(bodies.join("\n"), canariesOf(world))).toEqual([]);
  });
});

describe("T11 with access to read alone", () => {
  it("everything is found and shown, and nothing is written anywhere", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world, { settings, ports: { access: "read" } });

    const found = await look(session, world.leaver);
    for (const finding of found) await kindOf(finding.kind as "secret").verify(session, finding, null);

    expect(found).toHaveLength(9);
    expect([...world.github.writes(), ...world.aws.writes(), ...world.kong.writes()]).toEqual([]);
  });

  it("each step that would write is refused before anything leaves", async () => {
    const world = closing(await startWorld());
    const findings = await credentialsOf(world);
    for (const finding of findings) {
      const writing = (await openAt(world, { settings })).session;
      const issued = await rotationOf("credential").create(writing, finding, { token: "t", since: new Date() });
      for (const fake of [world.github, world.aws, world.kong]) fake.clearCalls();
      const { session } = await openAt(world, { settings, ports: { access: "read" } });
      const steps = rotationOf("credential");
      const turn = { token: "u", since: new Date(Date.now() + 60_000) };

      const refused = finding.facts["plan"] === "deploy" ? "conflict" : "write-refused"; // AWS has no room for a third
      expect(await rejection(steps.create(session, finding, turn))).toMatchObject({ code: refused });
      for (const step of ["set", "retire", "rollBack"] as const) {
        const thrown = await rejection(steps[step](session, finding, issued));
        expect(thrown).toMatchObject({ code: "write-refused" });
      }
      expect([...world.github.writes(), ...world.aws.writes(), ...world.kong.writes()]).toEqual([]);
    }
  });
});
