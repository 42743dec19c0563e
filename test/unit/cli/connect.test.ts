import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../src/cli/api/connect.ts";
import type { ConnectOptions } from "../../../src/cli/api/connect.ts";
import { CliError } from "../../../src/cli/exit.ts";
import type { Environment } from "../../../src/config/index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lastday-connect-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "operator.token"), "operator-token-of-this-machine\n");
  writeFileSync(join(folder, "soc.token"), "soc-token-0001\n");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function connected(options: ConnectOptions, env: Environment = {}, yaml: string | null = null): string {
  if (yaml !== null) writeFileSync(join(folder, "lastday.yaml"), yaml);
  return connect(options, { env, cwd: folder }).base.href;
}

describe("where the API is", () => {
  it.each<{ name: string; options?: ConnectOptions; env?: Environment; yaml?: string; url: string }>([
    { name: "the default", url: "http://127.0.0.1:4400/" },
    { name: "where the file listens", yaml: "listen: 127.0.0.1:9000", url: "http://127.0.0.1:9000/" },
    { name: "on loopback when it listens everywhere", yaml: "listen: 0.0.0.0:9000", url: "http://127.0.0.1:9000/" },
    { name: "the same over IPv6", yaml: 'listen: "[::]:9000"', url: "http://[::1]:9000/" },
    { name: "under its base path", yaml: "basePath: /lastday", url: "http://127.0.0.1:4400/lastday" },
    { name: "over TLS", yaml: "tls: { cert: file:a, key: file:b }", url: "https://127.0.0.1:4400/" },
    { name: "LASTDAY_LISTEN", env: { LASTDAY_LISTEN: "127.0.0.1:5000" }, url: "http://127.0.0.1:5000/" },
    { name: "LASTDAY_URL", env: { LASTDAY_URL: "http://127.0.0.1:6000" }, url: "http://127.0.0.1:6000/" },
    {
      name: "--url before everything",
      options: { url: "http://localhost:7000/lastday" },
      env: { LASTDAY_URL: "http://127.0.0.1:6000" },
      url: "http://localhost:7000/lastday",
    },
    {
      name: "another machine, with a token of its own",
      options: { url: "https://lastday.example.com", tokenFile: "soc.token" },
      url: "https://lastday.example.com/",
    },
    {
      name: "plain http to another machine, when it is wanted",
      options: { url: "http://lastday.internal", tokenFile: "soc.token", insecure: true },
      url: "http://lastday.internal/",
    },
    {
      name: "a file whose secrets this shell does not have",
      yaml: "sources: [{ name: okta, kind: scim, tokens: [env:NOT_HERE] }]",
      url: "http://127.0.0.1:4400/",
    },
  ])("$name", ({ options = {}, env = {}, yaml = null, url }) => {
    expect(connected(options, env, yaml)).toBe(url);
  });

  it.each<{ name: string; options?: ConnectOptions; env?: Environment; yaml?: string; code: string; says: string }>([
    {
      name: "T37 the operator token is never sent to another machine",
      options: { url: "https://lastday.example.com" },
      code: "no-token",
      says: "not sent to another one",
    },
    {
      name: "T37 a token never travels in clear",
      options: { url: "http://lastday.example.com", tokenFile: "soc.token" },
      code: "usage",
      says: "in clear",
    },
    { name: "no address", options: { url: "lastday" }, code: "usage", says: "--url" },
    { name: "another protocol", options: { url: "ftp://127.0.0.1" }, code: "usage", says: "--url" },
    { name: "an empty LASTDAY_URL", env: { LASTDAY_URL: "" }, code: "usage", says: "LASTDAY_URL" },
    { name: "a password in the address", options: { url: "http://a:hunter2@127.0.0.1" }, code: "usage", says: "--url" },
    {
      name: "a port that the system chose",
      yaml: "listen: 127.0.0.1:0",
      code: "usage",
      says: "system choose the port",
    },
    { name: "a token file that is not there", options: { tokenFile: "none" }, code: "no-token", says: "no token file" },
    { name: "a token file that is a folder", options: { tokenFile: "data" }, code: "no-token", says: "does not hold" },
    { name: "no operator token yet", env: { LASTDAY_DATA: "elsewhere" }, code: "no-token", says: "no token file" },
    { name: "a broken file", yaml: "listen: 4400", code: "not-done", says: "listen: found 4400" },
  ])("is refused: $name", ({ options = {}, env = {}, yaml = null, code, says }) => {
    let refused: unknown = null;
    try {
      connected(options, env, yaml);
    } catch (error) {
      refused = error;
    }

    expect(refused).toBeInstanceOf(CliError);
    expect(refused).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(String(refused)).not.toContain("hunter2");
  });
});
