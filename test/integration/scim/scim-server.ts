import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import type { Pool } from "pg";
import type { Log } from "../../../src/domain/ports.ts";
import { createAuthenticator, createScimRouter } from "../../../src/scim/index.ts";
import { freezePlan } from "../../../src/stages/plan/freeze-plan.ts";
import { createCaseOpener } from "../../../src/store/open-case.ts";
import { createPeople } from "../../../src/store/people/index.ts";
import { rows } from "../../../src/store/sql.ts";
import type { TestDatabase } from "../../support/database.ts";

export const tokens = {
  okta: "okta-token",
  entra: "entra-token",
  generic: "generic-token",
  bare: "bare-token",
} as const;
export type SourceName = keyof typeof tokens;

export const baseUrl = "https://lastday.example/scim/v2";
export const patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const userSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
export const enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed; empty for an empty body. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly source?: SourceName;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text and bytes are sent as they are. */
  readonly body?: unknown;
}

export interface ScimServer {
  readonly origin: string;
  call(method: string, path: string, options?: Call): Promise<Reply>;
  /** Adds a person and returns their id. */
  addPerson(source: SourceName, more?: Readonly<Record<string, unknown>>): Promise<string>;
  cases(personId: string): Promise<{ id: string; state: string; stateReason: string | null; generation: number }[]>;
  /** Kinds of notices about a person, in order. */
  notices(personId: string): Promise<string[]>;
}

export interface ScimServerOptions {
  readonly log?: Log;
  readonly isProtected?: (userName: string) => boolean;
  /** In place of the database's own. */
  readonly pool?: Pool;
}

const nothing = (): void => undefined;
const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, with: () => silentLog };
let serial = 0;

/** The real router over real HTTP and the real store. Ends with the file. */
export function useScimServer(database: TestDatabase, options: ScimServerOptions = {}): ScimServer {
  let origin = "";
  const server = createServer();

  beforeAll(async () => {
    const plan = freezePlan({
      v: 1,
      targets: [{ name: "kong", connector: "gateway-keys", connectorVersion: "1", mode: "enforce" }],
      policy: { lookGapMs: 5_000, watchMs: [], slaMs: 14_400_000, deleteAfterMs: 0 },
    });
    const cases = createCaseOpener({ plan, guard: { tenMinutes: 1_000_000, day: 1_000_000 }, demo: false });
    const people = createPeople({
      pool: options.pool ?? database.pool,
      cases,
      isProtected: options.isProtected ?? (() => false),
    });
    const authenticate = createAuthenticator({
      sources: [
        { name: "okta", dialect: "okta", bareToken: false, tokens: [tokens.okta, "okta-token-next"] },
        { name: "entra", dialect: "entra", bareToken: false, tokens: [tokens.entra] },
        { name: "generic", dialect: "generic", bareToken: false, tokens: [tokens.generic] },
        { name: "bare", dialect: "okta", bareToken: true, tokens: [tokens.bare] },
      ],
      findMinted: (token) => Promise.resolve(token === "minted-token" ? "generic" : null),
    });
    const app = express().use(
      "/scim/v2",
      createScimRouter({ people, authenticate, baseUrl, log: options.log ?? silentLog }),
    );
    server.on("request", app);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function call(method: string, path: string, { source = "generic", headers = {}, body }: Call = {}) {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(`${origin}/scim/v2${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens[source]}`,
        ...(body === undefined ? {} : { "content-type": "application/scim+json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text === "" ? {} : JSON.parse(text) };
  }

  async function addPerson(source: SourceName, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const userName = `person${++serial}@example.com`;
    const reply = await call("POST", "/Users", {
      source,
      body: { schemas: [userSchema], userName, active: true, ...more },
    });
    if (reply.status !== 201) throw new Error(`cannot add a person: ${reply.text}`);
    return String(reply.json.id);
  }

  return {
    get origin() {
      return origin;
    },
    call,
    addPerson,
    cases: (personId) =>
      rows(
        database.pool,
        `SELECT id, state, state_reason AS "stateReason", generation FROM cases WHERE person_id = $1 ORDER BY opened_at, id`,
        [personId],
      ),
    notices: async (personId) =>
      (
        await rows<{ kind: string }>(
          database.pool,
          "SELECT kind FROM notice WHERE person_id = $1 ORDER BY received_at, id",
          [personId],
        )
      ).map(({ kind }) => kind),
  };
}
