import fc from "fast-check";
import type { Connector } from "../../../connectors/contract/connector.ts";
import type { Rotation } from "../../../connectors/contract/rotation.ts";
import { Secret } from "../../../connectors/contract/secret.ts";
import type { Finding, Outcome } from "../../../src/domain/access.ts";
import type { RotationState } from "../../../src/domain/rotation.ts";
import { rotateItem } from "../../../src/stages/revoke/rotate-item.ts";

const finding: Finding = {
  kind: "credential",
  ref: "old",
  accountId: "leaver",
  label: "deploy key",
  holder: "can-read",
  risk: "write",
  createdAt: null,
  lastUsedAt: null,
  expiresAt: null,
  facts: {},
};

class Killed extends Error {}

/** An issuer, its consumers and the engine's tables, as they are after any number of crashes. */
class RotationWorld {
  /** Live credentials at the issuer: id to value. */
  readonly live = new Map<string, string>([["old", "value-of-old"]]);
  readonly consumers = ["value-of-old", "value-of-old"];
  state: RotationState | null = null;
  readonly sealed = new Map<string, string>();
  readonly events: string[] = [];
  newValueWorks: boolean | null = true;
  retirements: Outcome["state"][] = [];
  canRollBack = true;
  /** What the intents say: a create whose answer was lost, or that worked. */
  firstWriteAt: Date | null = null;
  /** What create was told it may remove. */
  since: (Date | null)[] = [];
  /** Crashes at the nth call that could have an effect, counted from 0; before or after it. */
  crashAt: { call: number; after: boolean } | null = null;
  #calls = 0;
  #made = 0;

  attempt(): Promise<Outcome> {
    return rotateItem(
      {
        name: "ci",
        connector: { title: "CI secrets", kinds: { credential: { rotate: this.#rotation() } } } as unknown as Connector,
        session: null,
      },
      finding,
      this.state,
      {
        newToken: () => `token-${(this.#made += 1)}`,
        now: () => new Date("2026-11-24T12:00:00.000Z"),
        commit: (state) => this.#effect(`commit ${state.step}`, () => void (this.state = state)),
        seal: (token, { ref, value }) =>
          this.#effect("seal", () => void this.sealed.set(`${token}/${ref}`, value.reveal())),
        firstWriteAt: async () => this.firstWriteAt,
        open: async (token, ref) => {
          const value = this.sealed.get(`${token}/${ref}`);
          return value === undefined ? null : new Secret(value);
        },
        fault: async () => undefined,
      },
    );
  }

  /** Until it ends, as the engine does: a crash is followed by a fresh attempt over what was committed. */
  async untilEnded(): Promise<Outcome> {
    for (let attempts = 0; attempts < 20; attempts += 1) {
      try {
        const outcome = await this.attempt();
        if (outcome.state !== "pending") return outcome;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
    throw new Error("it never ended");
  }

  async #effect<T>(name: string, work: () => T): Promise<T> {
    const call = this.#calls;
    this.#calls += 1;
    if (this.crashAt?.call === call && !this.crashAt.after) throw new Killed(name);
    const result = work();
    this.events.push(name);
    for (const held of this.consumers) expect([...this.live.values()]).toContain(held);
    if (this.crashAt?.call === call) throw new Killed(name);
    return result;
  }

  get calls(): number {
    return this.#calls;
  }

  #rotation(): Rotation<unknown> {
    return {
      plan: () => ({ kind: "auto" }),
      create: (_, old, { since }) =>
        this.#effect("create", () => {
          this.since.push(since);
          if (since !== null) for (const id of this.live.keys()) if (id !== old.ref) this.live.delete(id);
          this.firstWriteAt ??= new Date("2026-11-24T12:00:01.000Z");
          const ref = `new-${(this.#made += 1)}`;
          this.live.set(ref, `value-of-${ref}`);
          return { ref, value: new Secret(`value-of-${ref}`) };
        }),
      set: async (_, __, { value }) => {
        for (const at of this.consumers.keys()) {
          await this.#effect(`set ${at}`, () => void (this.consumers[at] = value.reveal()));
        }
      },
      test: async () => ({ works: this.newValueWorks, reason: "it was tried" }),
      finish: () => this.#effect("finish", () => undefined),
      retire: (_, old) =>
        this.#effect("retire", (): Outcome => {
          const state = this.retirements.shift() ?? "revoked";
          if (state !== "pending") this.live.delete(old.ref);
          return { state, ...(state === "pending" ? { reason: "it is still in use" } : {}) };
        }),
      rollBack: (_, __, { ref }) =>
        this.#effect("roll back", (): Outcome => {
          if (!this.canRollBack) return { state: "unsupported", reason: "the old value cannot be read" };
          this.consumers.fill("value-of-old");
          this.live.delete(ref);
          this.newValueWorks = true;
          return { state: "revoked" };
        }),
    };
  }
}

describe("the rotation of a shared secret", () => {
  it("commits where it is before it writes, and after every step", async () => {
    const world = new RotationWorld();

    expect(await world.untilEnded()).toEqual({ state: "revoked" });

    expect(world.events).toEqual([
      "commit create",
      "create",
      "seal",
      "commit set",
      "set 0",
      "set 1",
      "commit test",
      "commit finish",
      "finish",
      "commit retire",
      "retire",
      "commit done",
    ]);
    expect([...world.live.keys()]).toEqual([world.state?.issuedRef]);
  });

  it("F02 survives a crash before or after every effect: consumers always hold a live value, nothing is left behind", async () => {
    const plain = new RotationWorld();
    await plain.untilEnded();
    for (let call = 0; call < plain.calls; call += 1) {
      for (const after of [false, true]) {
        const world = new RotationWorld();
        world.crashAt = { call, after };

        expect((await world.untilEnded()).state).toBe("revoked");

        expect([...world.live.keys()]).toEqual([world.state?.issuedRef]);
        expect(new Set(world.consumers)).toEqual(new Set(world.live.values()));
      }
    }
  });

  it("F02 survives any two crashes, and a retirement that takes its time", async () => {
    const crash = fc.record({ call: fc.nat(30), after: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(crash, crash, fc.nat(3), async (first, second, waits) => {
        const world = new RotationWorld();
        world.retirements = Array.from({ length: waits }, () => "pending");
        world.crashAt = first;
        await world.attempt().catch(() => undefined);
        world.crashAt = second;

        expect((await world.untilEnded()).state).toBe("revoked");

        expect([...world.live.keys()]).toEqual([world.state?.issuedRef]);
      }),
      { numRuns: 500 },
    );
  });

  it("takes a new value back that does not work, and begins anew under another token", async () => {
    const world = new RotationWorld();
    world.newValueWorks = false;

    expect(await world.attempt()).toMatchObject({ state: "pending", reason: expect.stringContaining("taken back") });
    expect(world.consumers).toEqual(["value-of-old", "value-of-old"]);
    expect([...world.live.keys()]).toEqual(["old"]);

    expect(await world.untilEnded()).toEqual({ state: "revoked" });
  });

  it("says so when a new value that does not work cannot be taken back", async () => {
    const world = new RotationWorld();
    world.newValueWorks = false;
    world.canRollBack = false;

    expect(await world.attempt()).toMatchObject({
      state: "pending",
      reason: expect.stringContaining("cannot be taken back"),
    });
    expect([...world.live.keys()]).toContain("old");
  });

  it("never retires the old value while the new one could not be tried", async () => {
    const world = new RotationWorld();
    world.newValueWorks = null;

    await expect(world.attempt()).rejects.toMatchObject({ code: "unavailable" });
    expect([...world.live.keys()]).toContain("old");

    world.newValueWorks = true;
    expect(await world.untilEnded()).toEqual({ state: "revoked" });
  });

  it("removes nothing at the issuer before a write of its own may have had an effect", async () => {
    const world = new RotationWorld();
    world.live.set("made-by-a-person", "value-of-a-person");

    await world.untilEnded();

    expect(world.since).toEqual([null]);
    expect([...world.live.keys()]).toContain("made-by-a-person");
  });

  it("asks a person when the sealed store has lost the new value", async () => {
    const world = new RotationWorld();
    world.newValueWorks = null;
    await world.attempt().catch(() => undefined);
    world.sealed.clear();

    expect(await world.attempt()).toMatchObject({ state: "pending", task: { dueAt: "2026-11-25T12:00:00.000Z" } });
    expect([...world.live.keys()]).toContain("old");
  });

  it("needs the value no more once it was tried: it retires after the store was erased", async () => {
    const world = new RotationWorld();
    world.retirements = ["pending"];
    await world.attempt();
    world.sealed.clear();

    expect(world.state).toMatchObject({ step: "retire" });
    expect(await world.untilEnded()).toEqual({ state: "revoked" });
  });

  it("retires once more what was seen alive after it was retired", async () => {
    const world = new RotationWorld();
    await world.untilEnded();
    world.live.set("old", "value-of-old");
    world.sealed.clear(); // the verdict was given

    expect(await world.attempt()).toEqual({ state: "revoked" });
    expect([...world.live.keys()]).not.toContain("old");
  });
});
