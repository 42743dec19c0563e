import type { FakeKong } from "../../../connectors/testkit/fakes/kong/index.ts";

/** An answer of the fake, read whole. `json` is empty when the body was not a JSON object. */
export interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly headers: Headers;
}

/** One call of the Admin API over HTTP; a path that begins with `http` is taken as it is. */
export async function admin(
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
