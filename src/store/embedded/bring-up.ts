import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { messageOf } from "../../domain/error.ts";
import type { Log } from "../../domain/ports.ts";
import { chooseAccount, giveTo } from "./account.ts";
import { findBinaryPackage, systemPlaces, usableBinaries } from "./binaries.ts";
import { ensureCluster, productDatabase, readPassword } from "./cluster.ts";
import { EmbeddedPostgresError } from "./error.ts";
import { exists, readIfPresent, writeDurably, type Folder } from "./folder.ts";
import { canBePostmaster, readPostmaster } from "./postmaster.ts";
import { probe, urlOf } from "./probe.ts";
import { freePort, launch, removeStalePostmaster } from "./server.ts";
import type { Account } from "./run.ts";

/** A server that answers as ours. */
export interface Running {
  readonly port: number;
  readonly password: string;
  readonly adopted: boolean;
}

export interface BringUpOptions {
  readonly log: Log;
  readonly runAs?: string | undefined;
  readonly disposable?: boolean | undefined;
  readonly deadline: AbortSignal;
}

/**
 * Adopts the server of this folder or starts it, creating the cluster at the first start. Call under the start lock.
 *
 * @param fixedPort where clients expect the server; null when none has connected yet.
 */
export async function bringUp(folder: Folder, options: BringUpOptions, fixedPort: number | null): Promise<Running> {
  const { log, disposable = false, deadline } = options;
  const account = await chooseAccount(folder, options.runAs);
  const found = await findRunning(folder, account, deadline);
  if (found !== null) return found;

  const places = account === null ? [folder.root] : systemPlaces;
  const binaries = await usableBinaries(await findBinaryPackage(), account, places);
  await ensureCluster(folder, binaries, account, !disposable);
  if (account !== null) await giveCluster(folder, account);
  const password = await readPassword(folder);
  const deps = { folder, binaries, account, password, durable: !disposable, log };
  let port = fixedPort ?? (await rememberedPort(folder, account, password)) ?? (await freePort());
  for (;;) {
    const attempt = await launch(deps, port, deadline);
    if (attempt.kind === "ready") {
      await writeDurably(folder.port, String(port));
      log.info("database server started", { port, user: account?.name ?? "self" });
      return { port, password, adopted: false };
    }
    if (attempt.kind === "too-late" || deadline.aborted) {
      throw new EmbeddedPostgresError("start-timeout", `PostgreSQL did not come up in time:\n${attempt.tail}`);
    }
    if (attempt.kind === "occupied") {
      await removeStalePostmaster(deps);
      await sleep(100); // the children of a killed server hold its memory until they notice
      const appeared = await findRunning(folder, account, deadline);
      if (appeared !== null) return appeared;
    } else if (attempt.kind === "port-taken" && fixedPort === null) {
      port = await freePort();
    } else {
      throw new EmbeddedPostgresError("start-failed", `PostgreSQL ended while starting:\n${attempt.tail}`);
    }
  }
}

/** The server that runs this cluster already, if one does; waits while it starts or recovers. */
async function findRunning(folder: Folder, account: Account | null, deadline: AbortSignal): Promise<Running | null> {
  if (!(await exists(join(folder.cluster, "PG_VERSION")))) return null;
  const password = await readPassword(folder);
  for (;;) {
    const server = await readPostmaster(folder);
    if (server === null || server.port === null || !(await canBePostmaster(server.pid))) return null;
    const answer = await probe(folder, server.port, password, account);
    if (answer.kind === "ours") return { port: server.port, password, adopted: true };
    if (answer.kind === "foreign") {
      throw new EmbeddedPostgresError(
        "password-rejected",
        `The server that runs ${folder.cluster} (process ${server.pid}, port ${server.port}) does not accept ${folder.password}: ${answer.why}`,
      );
    }
    if (answer.kind === "no-postgres") return null;
    if (deadline.aborted) {
      const why = answer.kind === "not-now" ? answer.why : "it does not listen";
      throw new EmbeddedPostgresError(
        "start-timeout",
        `The running database server (process ${server.pid}) takes no connections: ${why}`,
      );
    }
    await sleep(50);
  }
}

/**
 * The port of the last time, unless something else has it now. Another PostgreSQL there is not passed by in silence:
 * most likely it runs a copy of this very folder, and clients that know the port would write into the wrong one.
 */
async function rememberedPort(folder: Folder, account: Account | null, password: string): Promise<number | null> {
  const text = await readIfPresent(folder.port);
  const port = Number(text);
  if (text === null || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  const answer = await probe(folder, port, password, account);
  if (answer.kind === "nobody" || answer.kind === "ours") return port;
  if (answer.kind === "no-postgres") return null;
  const what = answer.kind === "foreign" && answer.dataDirectory !== null ? ` It serves ${answer.dataDirectory}.` : "";
  throw new EmbeddedPostgresError(
    "foreign-server",
    `Another PostgreSQL server answers on port ${port}, which belongs to the database in ${folder.root}.${what} ` +
      `Stop it; or, if it is to stay, remove ${folder.port} and a free port will be chosen`,
  );
}

async function giveCluster(folder: Folder, account: Account): Promise<void> {
  const { uid } = await stat(folder.cluster);
  if (uid !== account.uid) await giveTo(account, folder.cluster);
}

/** Creates the product's database unless it is there. */
export async function ensureDatabase({ port, password }: Running): Promise<void> {
  const client = new Client({ connectionString: urlOf(port, password, "postgres"), ...patience });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [productDatabase]);
    if (rowCount === 0) await client.query(`create database ${productDatabase}`);
  } catch (cause) {
    throw new EmbeddedPostgresError("start-failed", `The database cannot be created: ${messageOf(cause)}`, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

const patience = { application_name: "lastday launcher", connectionTimeoutMillis: 5_000, query_timeout: 60_000 };
