import { createHmac } from "node:crypto";
import { type FakeKong, type FakeKongOptions, startFakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";

/** An answer of the fake, read whole. `json` is empty when the body was not a JSON object. */
export interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly headers: Headers;
}

const running: FakeKong[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((kong) => kong.close()));
});

/** A fake that is closed after the test. */
export async function aKong(options: FakeKongOptions = {}): Promise<FakeKong> {
  const kong = await startFakeKong(options);
  running.push(kong);
  return kong;
}

/** One call of the Admin API over HTTP. A text body is sent as it is. */
export function admin(
  kong: FakeKong,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return ask(`${kong.adminUrl}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
}

/** One proxied request. */
export function proxied(kong: FakeKong, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(`${kong.proxyUrl}${path}`, { headers });
}

/** Every id of a list, following `next` for at most `most` pages. */
export async function idsOf(kong: FakeKong, path: string, most = 50): Promise<string[]> {
  const ids: string[] = [];
  let next: unknown = path;
  for (let page = 0; typeof next === "string" && page < most; page += 1) {
    const answer: Answer = await admin(kong, "GET", next);
    ids.push(...rowsOf(answer).map((row) => String(row.id)));
    next = answer.json.next;
  }
  return ids;
}

export function rowsOf({ json }: Answer): Readonly<Record<string, unknown>>[] {
  return Array.isArray(json.data) ? (json.data as Readonly<Record<string, unknown>>[]) : [];
}

export const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
});

/** A bearer token signed as HS256. */
export function bearer(key: string, secret: string, claims: object = {}): { authorization: string } {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: key, ...claims })}`;
  const signature = createHmac("sha256", secret).update(text).digest("base64url");
  return { authorization: `Bearer ${text}.${signature}` };
}

/** A request signed over its date and its request line. */
export function signed(username: string, secret: string, path: string, at = new Date()): Record<string, string> {
  const date = at.toUTCString();
  const text = `x-date: ${date}\nGET ${path} HTTP/1.1`;
  const signature = createHmac("sha256", secret).update(text).digest("base64");
  return {
    "x-date": date,
    authorization: `hmac username="${username}", algorithm="hmac-sha256", headers="x-date request-line", signature="${signature}"`,
  };
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { redirect: "manual", ...init });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers, json: parsed(text) };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
