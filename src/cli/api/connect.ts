import { lstatSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError, isLoopback, readConnection } from "../../config/index.ts";
import type { CliIo } from "../context.ts";
import { CliError } from "../exit.ts";
import { ApiClient } from "./client.ts";

/** Where the API is and what to show it, as typed. */
export interface ConnectOptions {
  config?: string | undefined;
  url?: string | undefined;
  tokenFile?: string | undefined;
  insecure?: boolean | undefined;
}

/**
 * A client of the API: at `--url`, LASTDAY_URL or where the configuration listens; with the token of `--token-file`,
 * LASTDAY_TOKEN or the operator token of this machine. That last one never leaves it.
 *
 * @throws {CliError} `usage`, `no-token`.
 */
export function connect(options: ConnectOptions, io: Pick<CliIo, "env" | "cwd">): ApiClient {
  const given = options.url ?? io.env["LASTDAY_URL"];
  const connection = given !== undefined && hasToken(options, io) ? null : local(options, io);
  const base = parseUrl(given ?? urlOf(connection));
  const isHere = isLoopback(base.hostname);
  if (base.protocol === "http:" && !isHere && options.insecure !== true) {
    throw new CliError("usage", `${base.origin} is plain http beyond this machine: the token would travel in clear`, {
      fix: "Use https, or add --insecure when the network is private.",
    });
  }
  return new ApiClient({ base, token: tokenOf(options, io, isHere ? (connection?.dataDir ?? null) : null) });
}

function hasToken(options: ConnectOptions, io: Pick<CliIo, "env">): boolean {
  return options.tokenFile !== undefined || io.env["LASTDAY_TOKEN"] !== undefined;
}

function local(options: ConnectOptions, io: Pick<CliIo, "env" | "cwd">) {
  try {
    return readConnection({ file: options.config, env: io.env, cwd: io.cwd });
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError("not-done", error.message, { cause: error });
    throw error;
  }
}

/** A server that listens everywhere is reached on loopback. */
function urlOf(connection: ReturnType<typeof readConnection> | null): string {
  if (connection === null) return "";
  const { listen, isTls, basePath } = connection;
  if (listen.port === 0) {
    throw new CliError("usage", "The configuration lets the system choose the port, so it is not known here", {
      fix: "Give the address with --url or LASTDAY_URL; the server printed it when it started.",
    });
  }
  const everywhere: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  const host = everywhere[listen.host] ?? listen.host;
  return `${isTls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${listen.port}${basePath}`;
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url;
  throw new CliError("usage", "--url (or LASTDAY_URL) is no http or https address without a password in it");
}

function tokenOf(options: ConnectOptions, io: Pick<CliIo, "env" | "cwd">, dataDir: string | null): string {
  if (options.tokenFile !== undefined) return readToken(resolve(io.cwd, options.tokenFile));
  const fromEnvironment = io.env["LASTDAY_TOKEN"];
  if (fromEnvironment !== undefined && fromEnvironment.trim() !== "") return fromEnvironment.trim();
  if (dataDir === null) {
    throw new CliError("no-token", "The operator token of this machine is not sent to another one", {
      fix: "Name a file with a token of that server: --token-file <file>, or set LASTDAY_TOKEN.",
    });
  }
  return readToken(join(dataDir, "operator.token"));
}

function readToken(file: string): string {
  try {
    if (lstatSync(file).isFile()) {
      const token = readFileSync(file, "utf8").trim();
      if (/^[\x21-\x7e]{8,512}$/.test(token)) return token;
    }
    throw new CliError("no-token", `${file} does not hold a token`);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    const why = code === "ENOENT" ? "There is no token file" : `The token file cannot be read (${code})`;
    throw new CliError("no-token", `${why}: ${file}`, {
      fix:
        code === "ENOENT"
          ? "Start the server first (lastday start); its first start writes this file. Or use --token-file, LASTDAY_TOKEN."
          : "Run as the user that runs the server, or use --token-file or LASTDAY_TOKEN.",
      cause: error,
    });
  }
}
