/**
 * A process of its own that uses the embedded database: started by tests that kill it. Prints one line of JSON, then
 * obeys: "stop" on its standard input, or its end.
 */
import { once } from "node:events";
import { messageOf } from "../../src/domain/error.ts";
import { startEmbeddedPostgres } from "../../src/store/embedded/index.ts";
import { silentLog } from "./database.ts";

/** What a driver process says. */
export interface Said {
  readonly url?: string;
  readonly adminUrl?: string;
  readonly port?: number;
  readonly adopted?: boolean;
  readonly died?: string;
  readonly stopped?: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

const [dataDir = "", options = "{}"] = process.argv.slice(2);
const say = (fact: Said): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
try {
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog, disposable: true, ...JSON.parse(options) });
  server.onExit(({ code }) => say({ died: code }));
  say({ url: server.url, adminUrl: server.adminUrl, port: server.port, adopted: server.adopted });
  await once(process.stdin, "data");
  await server.stop();
  say({ stopped: true });
} catch (error) {
  say({ error: { code: (error as { code?: string }).code ?? "none", message: messageOf(error) } });
}
process.stdin.destroy();
