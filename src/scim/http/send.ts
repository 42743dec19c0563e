import type { Response } from "express";

/** Writes a SCIM answer. Answers name people, so no cache may keep them. */
export function send(res: Response, status: number, body: string | null): void {
  res.status(status).set("Cache-Control", "no-store");
  if (body === null) {
    res.end();
    return;
  }
  const bytes = Buffer.from(body);
  res.set({ "Content-Type": "application/scim+json", "Content-Length": String(bytes.length) }).end(bytes);
}
