import type { IncomingHttpHeaders } from "node:http";

/** What the `Authorization` header of a signed request says. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly scope: { readonly date: string; readonly region: string; readonly service: string };
  /** Lower case, in the order given. */
  readonly signedHeaders: readonly string[];
  /** Hex. */
  readonly signature: string;
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * Reads `AWS4-HMAC-SHA256 Credential=.../date/region/service/aws4_request, SignedHeaders=a;b, Signature=hex`.
 *
 * @returns null when a part is missing or misshapen.
 */
export function parseAuthorization(header: string): Authorization | null {
  if (!header.startsWith(`${algorithm} `)) return null;
  const parts = header
    .slice(algorithm.length)
    .split(",")
    .map((part) => /^\s*([A-Za-z]+)=(\S+)\s*$/.exec(part));
  const named = new Map(parts.map((part) => [part?.[1] ?? "", part?.[2] ?? ""]));
  const [accessKeyId, date, region, service, end, ...more] = (named.get("Credential") ?? "").split("/");
  const signedHeaders = (named.get("SignedHeaders") ?? "").split(";");
  const signature = named.get("Signature") ?? "";
  if (!accessKeyId || !date || !region || !service || end !== "aws4_request" || more.length > 0) return null;
  if (signedHeaders.includes("") || signature === "") return null;
  return { accessKeyId, scope: { date, region, service }, signedHeaders, signature };
}

/**
 * When the request was signed: `x-amz-date` in ISO 8601 basic format, or else `date` as HTTP has it.
 *
 * @returns epoch milliseconds and the basic form, or null when neither can be read.
 */
export function dateOf(headers: IncomingHttpHeaders): { readonly ms: number; readonly basic: string } | null {
  const given = headers["x-amz-date"];
  if (typeof given === "string") {
    const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(given);
    if (parts === null) return null;
    const [, year, month, day, hour, minute, second] = parts;
    const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    return Number.isNaN(ms) ? null : { ms, basic: given };
  }
  const ms = Date.parse(headers.date ?? "");
  if (Number.isNaN(ms)) return null;
  return { ms, basic: `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z` };
}
