import type { Wire } from "../../contract/http.ts";

/** Statuses whose answers have no body, as the Fetch standard has it. */
const bodiless = new Set([204, 205, 304]);

/** What Octokit calls in place of `fetch`: the host's wire, for one exchange. */
export function fetchOver(wire: Wire) {
  return async (url: string, { method, headers, body }: FetchOptions): Promise<Response> => {
    const answer = await wire({ method, url, headers, body: body ?? null });
    return new Response(bodiless.has(answer.status) ? null : new Uint8Array(answer.body), {
      status: answer.status,
      headers: answer.headers,
    });
  };
}

/** As much of its options as Octokit's request sets. */
interface FetchOptions {
  method: string;
  headers: Record<string, string>;
  body?: string | undefined;
}
