import { Agent, request } from "undici";

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
}

/** Kept alive per test process, so that a burst of thousands does not run out of ports. */
const agent = new Agent({ connections: 32, keepAliveTimeout: 1_000 });

/** A caller with a bearer token. Connection failures throw: nobody answered. */
export class Http {
  readonly #base: string;
  readonly #token: string;
  readonly #type: string;

  constructor(base: string, token: string, type: string) {
    this.#base = base;
    this.#token = token;
    this.#type = type;
  }

  async send(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object): Promise<Reply> {
    const answer = await request(this.#base + path, {
      method,
      dispatcher: agent,
      headersTimeout: 30_000,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": this.#type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, json: parsed(text) };
  }

  /** @throws unless the answer is 2xx. */
  async get<T>(path: string): Promise<T> {
    const reply = await this.send("GET", path);
    if (reply.status >= 300) throw new Error(`GET ${path} answered ${reply.status}: ${reply.text}`);
    return reply.json as T;
  }

  async post<T>(path: string, body: object): Promise<T> {
    const reply = await this.send("POST", path, body);
    if (reply.status >= 300) throw new Error(`POST ${path} answered ${reply.status}: ${reply.text}`);
    return reply.json as T;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
