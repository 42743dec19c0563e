import type { Finding } from "../../../src/domain/access.ts";
import { leave } from "./rotation-world.ts";
import { closing, discover, kindOf, look, openAt, rejection, said, theOne } from "./support.ts";
import { startWorld } from "./world.ts";

const refsOf = (findings: readonly Finding[]) => findings.map(({ ref }) => ref).toSorted();

describe("I14 a user who is gone", () => {
  it.each(["exposure", "credential", "secret"] as const)(
    "before the first look is no empty list of %s",
    async (kind) => {
      const world = closing(await startWorld());
      leave(world);
      const { session } = await openAt(world);

      const thrown = await rejection(discover(session, world.leaver, kind));

      expect(thrown).toMatchObject({ code: "not-visible" });
      expect(String(thrown)).toMatch(
        /can no longer be seen: .*no earlier look saw it.*No secret was listed or replaced.*by hand/,
      );
    },
  );

  it("after the first look still has what it found, as far as it is there", async () => {
    const world = closing(await startWorld());
    const first = await look((await openAt(world)).session, world.leaver);
    leave(world);
    const npm = world.github.state().secrets.find(({ name }) => name === "NPM_TOKEN");
    world.github.remove({ kind: "secrets", id: npm?.id ?? 0 });

    const second = await look((await openAt(world)).session, world.leaver, first);

    expect(refsOf(second)).toEqual(refsOf(first.filter(({ facts }) => facts["name"] !== "NPM_TOKEN")));
  });

  it("whose plan could not be listed at first has it listed later", async () => {
    const world = closing(await startWorld());
    const first = await look((await openAt(world)).session, world.leaver);
    leave(world);

    const known = first.filter(({ facts }) => facts["plan"] !== "gateway");
    const second = await look((await openAt(world)).session, world.leaver, known);

    expect(refsOf(second)).toEqual(refsOf(first));
  });

  it("is seen as gone by the reach, and only after members could be seen", async () => {
    const world = closing(await startWorld());
    const { session } = await openAt(world);
    const reach = theOne(await look(session, world.leaver), "exposure");
    expect(said(await kindOf("exposure").verify(session, reach, null))).toBe("alive by state");
    leave(world);

    expect(said(await kindOf("exposure").verify(session, reach, null))).toBe("dead by absence");
  });

  it("what shrank is still listed", async () => {
    const world = closing(await startWorld());
    const first = await look((await openAt(world)).session, world.leaver);
    const { id } = world.github.user("robin");
    for (const { id: ref } of world.github.state().collaborators.filter(({ userId }) => userId === id)) {
      world.github.remove({ kind: "collaborators", id: ref });
    }

    const second = await look((await openAt(world)).session, world.leaver, first);

    expect(refsOf(second)).toEqual(refsOf(first));
  });
});
