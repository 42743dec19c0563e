import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import * as fc from "fast-check";
import type { SealedName, SealedRow, SealedStorage } from "../../../../connectors/contract/sealed-store.ts";
import { createSealedStore } from "../../../../connectors/contract/sealed-store.ts";
import type { SealingKeys } from "../../../../connectors/contract/sealing-key.ts";
import { loadSealingKeys, parseSealingKeys } from "../../../../connectors/contract/sealing-key.ts";
import { Secret } from "../../../../connectors/contract/secret.ts";
import { rejection } from "./support.ts";

/** One row per target and field, as the table keeps them. */
function memory() {
  const rows = new Map<string, SealedRow>();
  const keyOf = ({ target, field }: { target: string; field: string }) => JSON.stringify([target, field]);
  const storage: SealedStorage = {
    put: async (row) => void rows.set(keyOf(row), row),
    get: async (name) => rows.get(keyOf(name)) ?? null,
    delete: async (name) => void rows.delete(keyOf(name)),
  };
  return { rows, storage, set: (row: SealedRow) => rows.set(keyOf(row), row) };
}

const keys: SealingKeys = { current: randomBytes(32), previous: [] };
const name: SealedName = { target: "kong", field: "probe/case-1/key-auth/ref-1", version: 1 };
const secret = new Secret("canary-value");

describe("a sealed value", () => {
  it("opens under its name, whatever the value", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 200 }), async (value) => {
        const { storage } = memory();
        const store = createSealedStore({ keys, storage });

        await store.seal(name, new Secret(value));

        expect((await store.open(name))?.reveal()).toBe(value);
      }),
    );
  });

  it("T14 is not in clear where it lies, and never the same twice", async () => {
    const { rows, storage } = memory();
    const store = createSealedStore({ keys, storage });

    await store.seal(name, secret);
    const [first] = rows.values();
    await store.seal(name, secret);
    const [second] = rows.values();

    expect(Buffer.from(first?.ciphertext ?? []).includes("canary")).toBe(false);
    expect(Buffer.from(first?.ciphertext ?? [])).not.toEqual(Buffer.from(second?.ciphertext ?? []));
    expect(inspect(first)).not.toContain("canary");
  });

  it.each<{ name: string; moved: SealedName }>([
    { name: "another target's", moved: { ...name, target: "aws" } },
    { name: "another field's", moved: { ...name, field: "probe/case-1/key-auth/ref-2" } },
    { name: "another version's", moved: { ...name, version: 2 } },
    {
      name: "a field's with its slash moved",
      moved: { target: "kong/probe", field: "case-1/key-auth/ref-1", version: 1 },
    },
  ])("T14 does not open as $name row", async ({ moved }) => {
    const { rows, storage, set } = memory();
    const store = createSealedStore({ keys, storage });
    await store.seal(name, secret);
    const [row] = rows.values();

    set({ ...moved, ciphertext: row?.ciphertext ?? new Uint8Array() });

    expect(await rejection(store.open(moved))).toMatchObject({ code: "sealed-tampered" });
  });

  it("T14 does not open with any byte changed", async () => {
    const { rows, storage, set } = memory();
    const store = createSealedStore({ keys, storage });
    await store.seal(name, secret);
    const [row] = rows.values();
    const sealed = Buffer.from(row?.ciphertext ?? []);

    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      set({ ...name, ciphertext: changed });
      expect(await rejection(store.open(name))).toMatchObject({ name: "SealedStoreError" });
    }
  });

  it.each([0, 1, 36, 37])("does not open when only %i bytes are left of it", async (length) => {
    const { rows, storage, set } = memory();
    const store = createSealedStore({ keys, storage });
    await store.seal(name, secret);
    const [row] = rows.values();

    set({ ...name, ciphertext: (row?.ciphertext ?? new Uint8Array()).slice(0, length) });

    expect(await rejection(store.open(name))).toMatchObject({ name: "SealedStoreError" });
  });

  it("is not given out as another version of itself", async () => {
    const { storage } = memory();
    const store = createSealedStore({ keys, storage });

    await store.seal({ ...name, version: 2 }, secret);

    expect(await store.open(name)).toBeNull();
  });

  it("is gone when it was erased, and erasing it again is no error", async () => {
    const { rows, storage } = memory();
    const store = createSealedStore({ keys, storage });
    await store.seal(name, secret);

    await store.erase(name);
    await store.erase(name);

    expect(await store.open(name)).toBeNull();
    expect(rows.size).toBe(0);
  });

  it("opens with an earlier key while that one is at hand, and says so when it is not", async () => {
    const { storage } = memory();
    await createSealedStore({ keys, storage }).seal(name, secret);
    const rotated = { current: randomBytes(32), previous: [keys.current] };

    expect((await createSealedStore({ keys: rotated, storage }).open(name))?.reveal()).toBe("canary-value");
    const without = createSealedStore({ keys: { ...rotated, previous: [] }, storage });
    expect(await rejection(without.open(name))).toMatchObject({ code: "sealed-unknown-key" });
  });
});

describe("the sealing key", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealing-key-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is made at the first start, readable by its owner alone, and the same ever after", async () => {
    const file = join(folder, "keys", "sealing.key");

    const loaded = await Promise.all([1, 2, 3].map(() => loadSealingKeys(file)));

    expect(new Set(loaded.map(({ current }) => current.toString("hex"))).size).toBe(1);
    expect(loaded[0]?.current).toHaveLength(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, "keys"))).toEqual(["sealing.key"]);
    expect(await loadSealingKeys(file)).toEqual(loaded[0]);
  });

  it("that others may read is refused", async () => {
    const file = join(folder, "sealing.key");
    await loadSealingKeys(file);
    await chmod(file, 0o640);

    expect(await rejection(loadSealingKeys(file))).toMatchObject({ code: "sealing-key-exposed" });
  });

  it.each([
    "",
    "   ",
    "short",
    "!".repeat(44),
    Buffer.alloc(31).toString("base64"),
    Buffer.alloc(33).toString("base64"),
  ])("of another form is refused without being quoted: %p", async (text) => {
    const file = join(folder, "sealing.key");
    await writeFile(file, text, { mode: 0o600 });

    const error = await rejection(loadSealingKeys(file));

    expect(error).toMatchObject({ code: "sealing-key-malformed" });
    if (text.trim() !== "") expect(String(error)).not.toContain(text);
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("may be several, the current one first", () => {
    const [one, two] = [randomBytes(32), randomBytes(32)];

    const keys = parseSealingKeys(new Secret(`${one.toString("base64")},\n${two.toString("base64url")}\n`));

    expect(keys).toEqual({ current: one, previous: [two] });
  });
});
