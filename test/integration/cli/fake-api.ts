import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that answers from a script, for commands that must be tried without a real one. */
export interface FakeApi {
  url: string;
  /** Every request, in the order of arrival. */
  requests: { method: string; path: string; authorization: string; body: unknown }[];
  close(): Promise<void>;
}

export interface Answer {
  status?: number;
  json?: unknown;
  /** Instead of JSON, as another program on the port would say. */
  text?: string;
}

/** @param script answers by `METHOD /path`; several are given one after the other, the last one for ever. */
export async function startFakeApi(script: Readonly<Record<string, Answer | readonly Answer[]>>): Promise<FakeApi> {
  const requests: FakeApi["requests"] = [];
  const visits = new Map<string, number>();
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => {
      const { method = "", url = "" } = req;
      const text = Buffer.concat(chunks).toString("utf8");
      const body: unknown = text === "" ? null : JSON.parse(text);
      requests.push({ method, path: url, authorization: req.headers.authorization ?? "", body });
      const key = `${method} ${url.split("?", 1)[0]}`;
      const given = script[key];
      const answers = given === undefined ? [notFound] : [given].flat();
      const visit = visits.get(key) ?? 0;
      visits.set(key, visit + 1);
      const answer = answers[Math.min(visit, answers.length - 1)] ?? notFound;
      const problem = (answer.status ?? 200) >= 400;
      res.writeHead(answer.status ?? 200, {
        "content-type":
          answer.text !== undefined ? "text/html" : problem ? "application/problem+json" : "application/json",
      });
      res.end(answer.text ?? (answer.json === undefined ? "" : JSON.stringify(answer.json)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const notFound: Answer = { status: 404, json: { title: "There is nothing here", status: 404, code: "not-found" } };
