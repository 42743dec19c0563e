import type { Request, Response } from "express";
import { z } from "zod";
import { findActor } from "../authenticate.ts";
import type { AuthDeps } from "../authenticate.ts";
import type { HttpDeps } from "../deps.ts";
import type { EventHub, StreamEvent } from "../event-hub.ts";
import { endpoint } from "../operation.ts";
import type { Endpoint } from "../operation.ts";
import { Problem } from "../problem.ts";

const heartbeatMs = 15_000;
const maxReaders = 200;
const maxBufferedBytes = 1024 * 1024;
const eventNames: ReadonlySet<string> = new Set([
  "case",
  "step",
  "target",
  "certificate",
  "question",
  "person",
  "link",
]);

/** Server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function streamEndpoints(deps: HttpDeps, auth: AuthDeps, hub: EventHub): Endpoint[] {
  return [
    endpoint(
      {
        id: "stream",
        method: "get",
        path: "/stream",
        summary: "What happens, as server-sent events",
        description:
          "Event names are `case`, `step`, `target`, `certificate`, `question`, `person`, `link`, else `audit`; `data` is `{id, version, action, target, at}` with the case's id. Event ids are numbers of the sealed audit: send the last one as `Last-Event-ID` to resume. `reset` means: read everything again.",
        tag: "audit",
        role: "viewer",
        headers: z.object({ "last-event-id": z.string().optional() }),
        success: { status: 200, description: "A stream that stays open", contentType: "text/event-stream" },
        problems: ["too-many-streams"],
      },
      async ({ req, res }) => {
        if (hub.readers >= maxReaders) throw new Problem("too-many-streams", "Close a page, or try again later.");
        const after = lastEventId(req);
        res.writeHead(200, {
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-cache, no-transform",
          "x-accel-buffering": "no",
        });
        res.write("retry: 2000\n\n");
        await keepOpen({ req, res, after, deps, auth, hub });
        return { sent: true };
      },
    ),
  ];
}

interface Stream {
  req: Request;
  res: Response;
  after: number | null;
  deps: HttpDeps;
  auth: AuthDeps;
  hub: EventHub;
}

/** Writes events until the reader, the server or the reader's right to listen ends. */
async function keepOpen({ req, res, after, deps, auth, hub }: Stream): Promise<void> {
  const write = (text: string): void => {
    if (res.writableLength > maxBufferedBytes)
      res.destroy(); // a reader that does not read must not fill our memory
    else if (!res.destroyed) res.write(text);
  };
  const unsubscribe = await hub.subscribe(after, {
    event: (event) => write(eventText(event)),
    reset: (seq) => write(`id: ${seq}\nevent: reset\ndata: {}\n\n`),
  });
  const end = (): void => void res.end();
  const heartbeat = setInterval(() => {
    findActor(req, auth).then(
      (actor) => (actor === null ? end() : write(": still here\n\n")),
      () => write(": still here\n\n"), // the database is away: no proof that the right ended
    );
  }, heartbeatMs);
  const stop = (): void => {
    clearInterval(heartbeat);
    unsubscribe();
    deps.stopping.removeEventListener("abort", end);
  };
  res.once("close", stop);
  deps.stopping.addEventListener("abort", end, { once: true });
  if (deps.stopping.aborted) end();
  if (res.destroyed) stop();
}

function eventText({ seq, action, caseId, target, at }: StreamEvent): string {
  const [noun = ""] = action.split(".", 1);
  const data = JSON.stringify({ id: caseId, version: seq, action, target, at });
  return `id: ${seq}\nevent: ${eventNames.has(noun) ? noun : "audit"}\ndata: ${data}\n\n`;
}

function lastEventId(req: Request): number | null {
  const header = req.headers["last-event-id"];
  if (typeof header !== "string" || !/^\d{1,15}$/.test(header)) return null;
  return Number(header);
}
