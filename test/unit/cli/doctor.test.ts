import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clockFinding } from "../../../src/cli/doctor/database.ts";
import { checkDataFolder, checkNode, checkPorts } from "../../../src/cli/doctor/machine.ts";

describe("Node", () => {
  it.each([
    { version: "18.20.0", level: "error" },
    { version: "20.18.3", level: "error" },
    { version: "20.19.0", level: "warning" },
    { version: "22.12.0", level: "ok" },
    { version: "24.1.0", level: "ok" },
  ])("$version: $level", ({ version, level }) => {
    expect(checkNode(version).level).toBe(level);
  });
});

describe("the clock against the database's", () => {
  it.each([
    { skewMs: 0, level: "ok" },
    { skewMs: -1_999, level: "ok" },
    { skewMs: 2_001, level: "warning" },
    { skewMs: -7_200_000, level: "warning" },
  ])("$skewMs ms: $level", ({ skewMs, level }) => {
    expect(clockFinding(skewMs).level).toBe(level);
  });
});

describe("the data folder", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lastday-doctor-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const levelsOf = (path: string): string[] =>
    checkDataFolder(path)
      .filter(({ check }) => check === "data folder")
      .map(({ level }) => level);

  it("is fine when only its owner can look in, or when it is not there yet", () => {
    expect(levelsOf(folder)).toEqual(["ok"]);
    expect(levelsOf(join(folder, "not", "yet"))).toEqual(["ok"]);
  });

  it("is warned of when others can read it, with the command that mends it", () => {
    chmodSync(folder, 0o755);

    expect(checkDataFolder(folder)).toContainEqual(
      expect.objectContaining({ level: "warning", fix: `chmod go-rw ${folder}` }),
    );
  });

  it("may be passed through by the database's user, as a start by root needs it", () => {
    chmodSync(folder, 0o711);

    expect(levelsOf(folder)).toEqual(["ok"]);
  });

  it("cannot be a file", () => {
    const file = join(folder, "data");
    writeFileSync(file, "");

    expect(levelsOf(file)).toEqual(["error"]);
  });
});

describe("the ports", () => {
  it("are free, or in use by another program, or not of this machine", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;

    const taken = await checkPorts({
      listen: { host: "127.0.0.1", port },
      adminListen: { host: "192.0.2.1", port: 4401 },
    });
    await new Promise((resolve) => other.close(resolve));
    const free = await checkPorts({ listen: { host: "127.0.0.1", port }, adminListen: { host: "127.0.0.1", port: 0 } });

    expect(taken).toEqual([
      expect.objectContaining({
        check: "listen",
        level: "error",
        what: `127.0.0.1:${port} is in use by another program`,
      }),
      expect.objectContaining({ check: "adminListen", level: "error", what: expect.stringContaining("EADDRNOTAVAIL") }),
    ]);
    expect(free.map(({ level }) => level)).toEqual(["ok", "ok"]);
  });
});
