import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import type { Listen, LoadedConfig } from "../../config/index.ts";
import { failure, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

const leastFreeBytes = 1024 ** 3;

/** Node itself. @param version as `process.versions.node`. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    return failure("node", `Node ${version} is too old`, "Install Node 24, or at least 20.19.");
  }
  if (major < 22) return warning("node", `Node ${version} works but gets no fixes any more`, "Run on Node 22 or 24.");
  return ok("node", `Node ${version}`);
}

/** The data folder holds the database and the signing key: only its owner may look in. */
export function checkDataFolder(dataDir: string): Finding[] {
  if (!existsSync(dataDir)) {
    const parent = nearestExisting(dirname(dataDir));
    return [
      canWrite(parent)
        ? ok("data folder", `${dataDir} will be made at the first start`)
        : failure(
            "data folder",
            `${dataDir} does not exist and ${parent} cannot be written`,
            "Set dataDir or LASTDAY_DATA.",
          ),
    ];
  }
  const stat = statSync(dataDir);
  if (!stat.isDirectory())
    return [failure("data folder", `${dataDir} is not a folder`, "Set dataDir or LASTDAY_DATA.")];
  if (!canWrite(dataDir)) {
    return [failure("data folder", `${dataDir} cannot be written by this user`, "Run as the user that owns it.")];
  }
  const isOpen = process.platform !== "win32" && (stat.mode & 0o066) !== 0;
  return [
    isOpen
      ? warning("data folder", `${dataDir} can be read by other users of this machine`, `chmod go-rw ${dataDir}`)
      : ok("data folder", dataDir),
    ...freeSpace(dataDir),
  ];
}

function freeSpace(folder: string): Finding[] {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${(free / 1024 ** 3).toFixed(1)} GB free`;
  return free < leastFreeBytes ? [warning("disk", text, "Free at least 1 GB: without space nothing is accepted.")] : [];
}

/** Whether we could listen where we are told to; asked only when no server of ours answers there. */
export async function checkPorts(config: Pick<LoadedConfig, "listen" | "adminListen">): Promise<Finding[]> {
  return await Promise.all(
    (["listen", "adminListen"] as const).map(async (name) => {
      const { host, port } = config[name];
      const code = await tryListen(config[name]);
      if (code === null) return ok(name, port === 0 ? "the system chooses the port" : `${host}:${port} is free`);
      return code === "EADDRINUSE"
        ? failure(name, `${host}:${port} is in use by another program`, `Stop it, or set ${name} to another port.`)
        : failure(name, `Cannot listen on ${host}:${port} (${code})`, `Set ${name} to an address of this machine.`);
    }),
  );
}

async function tryListen({ host, port }: Listen): Promise<string | null> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
