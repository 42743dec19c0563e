import { isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import { z } from "zod";

/** The forms of single values in `lastday.yaml`. Each says in `expected` how to write it. */

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longestMs = 3_650 * unitMs.d;

/** Milliseconds of `250ms`, `90s`, `15m`, `4h` or `30d`; null for anything else or more than ten years. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  return ms <= longestMs ? ms : null;
}

/** The shortest spelling of a number of milliseconds: `parseDuration` of it gives the same number. */
export function formatDuration(ms: number): string {
  const unit = (["d", "h", "m", "s"] as const).find((unit) => ms > 0 && ms % unitMs[unit] === 0) ?? "ms";
  return `${ms / unitMs[unit]}${unit}`;
}

/** A text that `parse` understands; null from it is a problem that `expected` explains. */
function parsedText<Value>(type: string, expected: string, parse: (text: string) => Value | null) {
  return z
    .string(`expected ${expected}`)
    .transform((text, context) => {
      const value = parse(text);
      if (value !== null) return value;
      context.issues.push({ code: "custom", message: `expected ${expected}`, input: text });
      return z.NEVER;
    })
    .meta({ type });
}

export function duration({ minMs = 0 }: { minMs?: number } = {}) {
  const atLeast = minMs > 0 ? ` of at least ${formatDuration(minMs)}` : "";
  return parsedText("duration", `a duration${atLeast}, such as 250ms, 90s, 15m, 4h or 30d`, (text) => {
    const ms = parseDuration(text);
    return ms !== null && ms >= minMs ? ms : null;
  });
}

/** Where a process listens. Port 0 lets the system choose. */
export interface Listen {
  host: string;
  port: number;
}

export function parseListen(text: string): Listen | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) return null;
  return match?.[1] !== undefined && !isIPv6(host) ? null : { host, port };
}

export const listenExpected = "an address and a port, such as 127.0.0.1:4400 or [::1]:4400";
export const listenAddress = () => parsedText("address:port", listenExpected, parseListen);

/** True for the addresses only this machine can reach. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|\[?::1\]?)$/i.test(host);
}

export const urlExpected = "an http or https address without path parameters, such as https://lastday.example.com";

/** Origin and path of an http(s) URL without its trailing slash; no credentials, query or fragment. */
export function parsePublicUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "" || url.search + url.hash !== "")
    return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

export const publicUrl = () => parsedText("URL", urlExpected, parsePublicUrl);

export const cidr = () =>
  parsedText("CIDR", "an address range, such as 10.0.0.0/8 or fd00::/8", (text) => {
    if (ipaddr.isValidCIDR(text)) return text;
    return ipaddr.isValid(text) ? `${text}/${isIPv6(text) ? 128 : 32}` : null;
  });

export const basePath = () =>
  parsedText("path", "a path that starts with a slash and does not end with one, such as /lastday", (text) =>
    /^(\/[A-Za-z0-9._~-]+)+$/.test(text) ? text : null,
  );

/** Where a secret is kept. The configuration never holds the secret itself. */
export interface SecretRef {
  from: "env" | "file" | "sealed";
  name: string;
}

export const secretRefExpected =
  "a reference to where the secret is kept: env:NAME, file:/path or sealed:NAME (a secret itself never stands here)";

export function parseSecretRef(text: string): SecretRef | null {
  const match = /^(?:(env):([A-Za-z_][A-Za-z0-9_]*)|(file):(\S.*)|(sealed):([A-Za-z0-9._-]{1,80}))$/.exec(text);
  if (match === null) return null;
  const [, env, variable, file, path, , sealed] = match;
  if (env !== undefined && variable !== undefined) return { from: "env", name: variable };
  if (file !== undefined && path !== undefined) return { from: "file", name: path };
  return sealed === undefined ? null : { from: "sealed", name: sealed };
}

export const secretRef = () =>
  parsedText("secret reference", secretRefExpected, parseSecretRef).meta({ type: "secret reference", secret: true });

export function secretRefText(ref: SecretRef): string {
  return `${ref.from}:${ref.name}`;
}
