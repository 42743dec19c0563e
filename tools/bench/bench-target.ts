import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A target that answers at once: each account has one key, which can be listed, deleted and looked for. */
export interface BenchTarget {
  url: string;
  calls(): number;
  close(): Promise<void>;
}

export async function startBenchTarget(): Promise<BenchTarget> {
  const deleted = new Set<string>();
  let calls = 0;
  const server = createServer((req, res) => {
    calls += 1;
    const [, kind, target = "", account = ""] = (req.url ?? "").split("/");
    const key = `${target}/${account}`;
    if (req.method === "DELETE") deleted.add(key);
    const body = kind === "keys" ? { keys: deleted.has(key) ? [] : [account] } : { ok: true };
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
