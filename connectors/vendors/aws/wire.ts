import type { Wire } from "../../contract/http.ts";

/** Goes with each command, so that one client serves every operation though each has a wire of its own. */
export interface Via {
  /** The SDK's own option, which also lets `Via` pass for its options. We keep the time ourselves. */
  requestTimeout?: number;
  wire: Wire;
  /** What the host takes this exchange for. */
  operation: string;
}

/** As much of the SDK's `HttpRequest` as a request has. */
interface SdkHttpRequest {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: unknown;
}

/**
 * The SDK's way out: its `requestHandler` over the host's transport (ADR 9). A request of the Query protocol says itself
 * what it does, so a POST that was declared a read really is that `Action`.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/making-query-requests.html
 */
export const requestHandler = {
  metadata: { handlerProtocol: "http/1.1" },
  async handle(request: SdkHttpRequest, options?: object) {
    if (!isVia(options)) throw new TypeError("a command was sent past the host's transport");
    const { method, headers } = request;
    const body = bodyOf(request);
    const action = actionOf(headers, body);
    if (action !== null && action !== options.operation) {
      throw new TypeError(`${options.operation} was about to be sent as ${action}`);
    }
    const answer = await options.wire({ method, url: urlOf(request), headers, body });
    if (action !== null && answer.status < 300) requireResponse(answer.body);
    return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body } };
  },
  updateHttpClientConfig(): void {
    // Nothing of the SDK's own HTTP client is left to be changed.
  },
  httpHandlerConfigs: () => ({}),
  destroy(): void {
    // The sockets are the host's.
  },
};

function isVia(options: object | undefined): options is Via {
  return options !== undefined && "wire" in options && "operation" in options;
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkHttpRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => (one === null ? escape(name) : `${escape(name)}=${escape(one)}`)),
  );
  const search = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${search}`;
}

/** RFC 3986 as the signature counts it: everything but unreserved characters. */
function escape(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function bodyOf({ body }: SdkHttpRequest): string | Uint8Array | null {
  if (body === undefined || body === null || body === "") return null;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  throw new TypeError("a streamed body cannot be sent");
}

/** The `Action` of a Query request; null for a request of another protocol. */
function actionOf(headers: SdkHttpRequest["headers"], body: string | Uint8Array | null): string | null {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded") || body === null) return null;
  const actions = new URLSearchParams(Buffer.from(body).toString("utf8")).getAll("Action");
  return actions.length === 1 ? (actions[0] ?? "") : actions.join("+");
}

/**
 * To the SDK an empty body or a page of HTML is a success that says nothing. The root of a true answer is
 * `<{Action}Response>`.
 */
function requireResponse(body: Buffer): void {
  const start = body.subarray(0, 512).toString("utf8");
  if (!/^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?<\w+Response[\s>]/.test(start)) throw new TypeError("not an answer of AWS");
}

/**
 * To the SDK a list in XML whose elements have another name than `member` is an empty one. What it takes for empty has to be
 * empty.
 */
export function requireEmptyLists(output: unknown, body: string): void {
  if (typeof output !== "object" || output === null || !body.trimStart().startsWith("<")) return;
  for (const [name, value] of Object.entries(output)) {
    if (!Array.isArray(value) || value.length > 0) continue;
    if (!new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>\\s*</${name}>)`).test(body)) {
      throw new TypeError(`${name} is not the list that it is taken for`);
    }
  }
}
