import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findRedisServer } from "./programs.ts";

export interface RedisServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a Redis that keeps nothing, on a free port of this machine, and waits until it answers. */
export async function startRedisServer(): Promise<RedisServer> {
  const program = findRedisServer();
  if (program === null) throw new Error("redis-server is not installed (Debian and Ubuntu: apt install redis-server)");
  const folder = await mkdtemp(join(tmpdir(), "lastday-redis-"));
  for (let attempt = 1; ; attempt += 1) {
    const started = await start(program, folder);
    if (typeof started !== "string") return started;
    if (attempt === 5) throw new Error(`redis-server does not start:\n${started}`);
  }
}

/** A server, or what it printed before it ended: most likely that the port was taken in between. */
async function start(program: string, folder: string): Promise<RedisServer | string> {
  const port = await freePort();
  const options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"];
  const child = spawn(program, ["--port", String(port), "--dir", folder, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-4_000)));
  }
  const ended = once(child, "exit");
  child.on("error", (error) => (output += error.message));
  while (child.exitCode === null && child.pid !== undefined) {
    if (await answers(port)) {
      const stop = async (): Promise<void> => {
        child.kill("SIGKILL"); // it keeps nothing
        await ended;
        await rm(folder, { recursive: true, force: true });
      };
      return { url: `redis://127.0.0.1:${port}`, pid: child.pid, stop };
    }
    await sleep(10);
  }
  return output;
}

/** @see https://redis.io/docs/latest/develop/reference/protocol-spec/ (inline commands) */
async function answers(port: number): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1" });
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [reply] = (await once(socket, "data")) as [Buffer];
    return reply.toString().startsWith("+PONG");
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
