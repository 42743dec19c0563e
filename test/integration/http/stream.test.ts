import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { useHttp } from "./support.ts";

const stopping = new AbortController();
const http = useHttp({ stopping: stopping.signal });
const server = createServer((req, res) => void http.app(req, res));
let url = "";
let sealed = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  stopping.abort();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Writes audit rows and seals them, as the sealer does. */
async function happen(...actions: string[]): Promise<void> {
  for (const action of actions) {
    sealed += 1;
    await http.database.pool.query(
      `WITH entry AS (INSERT INTO audit (actor, action, data) VALUES ('worker', $1, '{"secret":"of the audit"}') RETURNING id)
       INSERT INTO audit_seal (seq, audit_id, sha256) SELECT $2, id, repeat('0', 64) FROM entry`,
      [action, sealed],
    );
  }
}

interface Listener {
  text(): string;
  events(): { id: number; event: string }[];
  until(isThere: () => boolean): Promise<void>;
  close(): void;
  ended(): boolean;
}

async function listen(lastEventId: string | null = null): Promise<Listener> {
  const aborter = new AbortController();
  const response = await fetch(`${url}/api/v1/stream`, {
    headers: {
      authorization: `Bearer ${await http.token("viewer", "listener")}`,
      ...(lastEventId === null ? {} : { "last-event-id": lastEventId }),
    },
    signal: aborter.signal,
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  let text = "";
  let hasEnded = false;
  const decoder = new TextDecoder();
  void (async () => {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
  })()
    .catch(() => undefined)
    .finally(() => (hasEnded = true));
  const listener: Listener = {
    text: () => text,
    events: () =>
      [...text.matchAll(/id: (\d+)\nevent: (\w+)/g)].map(([, id, event]) => ({ id: Number(id), event: event ?? "" })),
    async until(isThere) {
      const end = Date.now() + 10_000;
      while (!isThere()) {
        if (Date.now() > end) throw new Error(`not heard: ${text}`);
        await sleep(20);
      }
    },
    close: () => aborter.abort(),
    ended: () => hasEnded,
  };
  await listener.until(() => text.includes("retry: 2000"));
  return listener;
}

describe("the event stream", () => {
  it("tells what is new, to everybody, in order and under the numbers of the chain", async () => {
    await happen("case.opened");
    const [one, two] = [await listen(), await listen()];
    await sleep(50);
    await happen("step.revoke.ended", "certificate.issued", "write.intended");
    await Promise.all([one, two].map((listener) => listener.until(() => listener.events().length >= 3)));
    for (const listener of [one, two]) {
      expect(listener.events()).toEqual([
        { id: 2, event: "step" },
        { id: 3, event: "certificate" },
        { id: 4, event: "audit" },
      ]);
      listener.close();
    }
    expect(one.text()).not.toContain("of the audit");
  });

  it("goes on where a reader left, without a gap and without a repetition", async () => {
    const listener = await listen("2");
    await happen("case.paused");
    await listener.until(() => listener.events().length >= 3);
    expect(listener.events().map((event) => event.id)).toEqual([3, 4, 5]);
    listener.close();
  });

  it.each([
    { name: "ahead of the chain", id: "999999" },
    { name: "too far behind to replay", id: "1" },
  ])("says reset to a reader who is $name", async ({ id }) => {
    if (id === "1") await happen(...Array.from({ length: 1_010 }, () => "step.verify.ended"));
    const listener = await listen(id);
    await listener.until(() => listener.events().length > 0);
    expect(listener.events()).toEqual([{ id: sealed, event: "reset" }]);
    listener.close();
  });

  it("ignores a Last-Event-ID that is none of ours", async () => {
    const listener = await listen("0; DROP TABLE audit");
    await happen("case.resumed");
    await listener.until(() => listener.events().length > 0);
    expect(listener.events()).toEqual([{ id: sealed, event: "case" }]);
    listener.close();
  });

  it("ends when the server stops", async () => {
    const listener = await listen();
    stopping.abort();
    await listener.until(() => listener.ended());
    expect(listener.ended()).toBe(true);
  });
});
