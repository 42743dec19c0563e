import { randomUUID } from "node:crypto";
import type { Call, Reply } from "../../faults/index.ts";
import { type Caller, callerOf, type Installations } from "./callers.ts";
import type { Answer, Context, Handlers, Settings } from "./context.ts";
import { faultInAnswer, type Operation, type Violation } from "./description.ts";
import type { Echoes } from "./echoes.ts";
import { Refusal, refuse } from "./errors.ts";
import { answerGraphql } from "./graphql/index.ts";
import { type Inspected, type Inspection, inspect } from "./inspect.ts";
import type { Replica } from "./lag.ts";
import { type RateLimits, throttledReply } from "./limits.ts";
import { repositoryNamed } from "./lookup.ts";
import { namedPath } from "./paging.ts";
import { checkPermission, permissionHeaders } from "./permissions.ts";
import { countRead, finishJobs } from "./revocations.ts";
import type { State } from "./rows.ts";
import type { World } from "./world.ts";

export interface ServerDeps {
  readonly world: World;
  readonly settings: Settings;
  readonly handlers: Handlers;
  readonly installations: Installations;
  readonly limits: RateLimits;
  readonly replica: Replica;
  readonly echoes: Echoes;
  readonly clock: () => number;
  /** Operations of which GitHub hides that a permission is missing: 404 instead of 403. */
  readonly hides: RegExp | null;
  readonly violated: (violation: Violation) => void;
}

/** The honest fake: finds the operation, the caller, the permission and the answer, and checks the answer. */
export class Server {
  readonly #deps: ServerDeps;

  constructor(deps: ServerDeps) {
    this.#deps = deps;
  }

  /** Does what time has brought. Called before each call is looked at. */
  settle(): void {
    const { world, echoes, clock } = this.#deps;
    echoes.settle();
    world.commit(() => finishJobs(world, clock()));
  }

  inspect(call: Call): Inspection {
    const { settings, world } = this.#deps;
    return inspect(call, namedPath(call.path, { settings, state: world.state }));
  }

  answer(call: Call): Reply {
    const { clock, limits, installations, world } = this.#deps;
    if (call.headers["user-agent"] === undefined) return forbiddenByRules;
    const now = clock();
    let caller: Caller = { kind: "nobody" };
    try {
      caller = callerOf(call, world.state, installations, now);
      const resource = call.path === "/graphql" ? "graphql" : "core";
      const counted = call.path === "/rate_limit" ? limits.tell(caller, now) : limits.count(caller, resource, now);
      if (counted.isOver) {
        return throttledReply({ status: 403, reset: Number(counted.headers["x-ratelimit-reset"]) });
      }
      return headed(this.#route(call, caller, now, counted.headers), counted.headers);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return headed(error.reply("https://docs.github.com/rest"), limits.count(caller, "core", now).headers);
    }
  }

  /** The effect of a call, without the rest. */
  rehearse(call: Call): void {
    const { world, clock, installations } = this.#deps;
    const inspection = this.inspect(call);
    if (!inspection.ok || inspection.call.operation === null) return;
    try {
      const caller = callerOf(call, world.state, installations, clock());
      this.#perform(
        inspection.call,
        inspection.call.operation,
        this.#context(call, inspection.call, caller, world.state),
      );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #route(call: Call, caller: Caller, now: number, counted: Readonly<Record<string, string>>): Reply {
    const { world, replica, echoes } = this.#deps;
    const inspection = this.inspect(call);
    if (!inspection.ok) return inspection.refusal.reply(inspection.docs);
    const { operation } = inspection.call;
    if (operation?.name === "GET /rate_limit") return rateLimitReply(counted);
    const isRead = operation === null || operation.name.startsWith("GET ");
    const answered = (state: State) =>
      this.#reply(inspection.call, this.#context(call, inspection.call, caller, state, now));
    if (!isRead) return answered(world.state);
    const reply = echoes.show(replica.seen(world.state), answered);
    replica.served();
    if (operation?.name === "GET /orgs/{org}/credential-authorizations") countRead(world);
    return reply;
  }

  #context(call: Call, { params, body }: Inspected, caller: Caller, state: State, now = this.#deps.clock()): Context {
    const { settings, world } = this.#deps;
    return { settings, world, caller, call, params, body, state, now };
  }

  #reply(inspected: Inspected, context: Context): Reply {
    const { operation } = inspected;
    const { world, violated } = this.#deps;
    const at = { method: context.call.method, path: context.call.path };
    try {
      if (operation === null) {
        const { unknown, ...answer } = answerGraphql(context);
        for (const detail of unknown) violated({ what: "query", ...at, detail });
        return replyOf(answer);
      }
      const answer = world.commit(() => this.#perform(inspected, operation, context));
      const fault = faultInAnswer(operation, answer.status, answer.json);
      if (fault === null) return replyOf(answer, permissionHeaders(operation, context.caller));
      violated({ what: "answer", ...at, detail: fault });
      const message = `The fake's own answer to ${operation.name} does not fit GitHub's description: ${fault}`;
      return { status: 500, content: { json: { message } } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reply = error.reply(operation?.docs ?? "https://docs.github.com/graphql");
      return operation === null ? reply : headed(reply, permissionHeaders(operation, context.caller));
    }
  }

  #perform({ params }: Inspected, operation: Operation, context: Context): Answer {
    const { handlers, hides, world, settings } = this.#deps;
    const { caller } = context;
    const { owner, repo } = params;
    const repository =
      owner === undefined || repo === undefined
        ? undefined
        : repositoryNamed(world.state, settings.organization.login, owner, repo);
    try {
      checkPermission({ operation, caller, state: world.state, settings, repository });
    } catch (error) {
      const isHidden = error instanceof Refusal && error.status === 403 && hides?.test(operation.name) === true;
      throw isHidden ? refuse.notFound() : error;
    }
    const handler = handlers[operation.name];
    if (handler === undefined) throw new Error(`nothing answers ${operation.name}`);
    return handler(context);
  }
}

const forbiddenByRules: Reply = {
  status: 403,
  content: {
    raw: "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
    type: "text/html",
  },
};

function replyOf({ status, json, headers = {} }: Answer, more: Readonly<Record<string, string>> = {}): Reply {
  const { "content-type": type, ...rest } = headers;
  const reply = { status, headers: { ...more, ...rest } };
  if (json === undefined) return reply;
  return { ...reply, content: type === undefined ? { json } : { raw: JSON.stringify(json), type } };
}

function headed(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  const id = randomUUID().toUpperCase().replaceAll("-", ":");
  return { ...reply, headers: { server: "github.com", "x-github-request-id": id, ...headers, ...reply.headers } };
}

function rateLimitReply(counted: Readonly<Record<string, string>>): Reply {
  const number = (name: string) => Number(counted[`x-ratelimit-${name}`]);
  const rate = { limit: number("limit"), remaining: number("remaining"), reset: number("reset"), used: number("used") };
  return { status: 200, content: { json: { resources: { core: rate, graphql: rate, search: rate }, rate } } };
}
