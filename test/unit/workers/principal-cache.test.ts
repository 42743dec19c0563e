import type { Principal } from "../../../connectors/contract/connector.ts";
import type { OpenTarget } from "../../../src/stages/session.ts";
import { createPrincipalCache } from "../../../workers/target/principal-cache.ts";

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/** A target whose listings can be counted, and cut short or failed one at a time. */
function aTarget(...pages: (boolean | Error)[]): { target: OpenTarget; listings: () => number } {
  let listings = 0;
  async function* accounts(): AsyncGenerator<{ items: Principal[]; complete: boolean }> {
    const page = pages[listings] ?? true;
    listings += 1;
    if (page instanceof Error) throw page;
    yield { items: [{ id: `principal of listing ${listings}` } as Principal], complete: page };
  }
  return {
    target: { name: "kong", connector: { accounts }, session: null } as unknown as OpenTarget,
    listings: () => listings,
  };
}

describe("the listing of a target's principals", () => {
  it.each([
    { name: "serves every case that opened before it began", since: [1, 2, 9], now: [10, 11, 12], listings: 1 },
    { name: "does not serve a case that opened after it began", since: [1, 11], now: [10, 12], listings: 2 },
    { name: "does not serve a case that opened at the very instant", since: [1, 10], now: [10, 12], listings: 2 },
    { name: "serves again once it was made anew", since: [1, 11, 11], now: [10, 12, 13], listings: 2 },
  ])("$name", async ({ since, now, listings }) => {
    const { target, listings: made } = aTarget();
    const cache = createPrincipalCache(() => 0);

    for (const [index, second] of now.entries()) {
      await cache.list(target, { now: at(second), since: at(since[index] ?? 0) });
    }

    expect(made()).toBe(listings);
  });

  it("says when it began, not when it was asked for", async () => {
    const { target } = aTarget();
    const cache = createPrincipalCache(() => 0);
    await cache.list(target, { now: at(10), since: at(1) });

    const second = await cache.list(target, { now: at(20), since: at(1) });

    expect(second.startedAt).toEqual(at(10));
  });

  it("is made anew after 30 s, whatever the clock on the wall says", async () => {
    let monotonicMs = 0;
    const { target, listings } = aTarget();
    const cache = createPrincipalCache(() => monotonicMs);
    await cache.list(target, { now: at(10), since: at(1) });
    monotonicMs = 30_000;

    await cache.list(target, { now: at(10), since: at(1) });

    expect(listings()).toBe(2);
  });

  it("serves nobody else when it was cut short or failed", async () => {
    const { target, listings } = aTarget(false, new Error("away"), true);
    const cache = createPrincipalCache(() => 0);
    const list = (): Promise<unknown> =>
      cache.list(target, { now: at(10), since: at(1) }).then(({ principals }) => principals);

    expect(await list()).toBe("incomplete");
    await expect(list()).rejects.toThrow("away");
    expect(await list()).toEqual([{ id: "principal of listing 3" }]);
    expect(listings()).toBe(3);
  });
});
