import { z } from "zod";
import type { ServerResponse } from "node:http";
import { now, rejection, serve } from "../contract/support.ts";
import type { TestServer } from "../contract/support.ts";
import { openAt } from "./support.ts";

const request = {
  operation: "removeThing",
  route: "DELETE /orgs/{org}/things/{id}",
  parameters: { org: "acme", id: 1 },
  schema: z.null(),
};

let server: TestServer;
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  server = await serve((_, response) => answer(response));
});

afterEach(() => server.close());

interface Refusal {
  name: string;
  status: number;
  headers?: Record<string, string>;
  message?: string;
  code: string;
  /** Seconds from now. */
  retryInS?: number;
  says?: RegExp;
}

const date = now.toUTCString();
const resetIn = (seconds: number): string => String(now.getTime() / 1_000 + seconds);

describe("a refusal by GitHub", () => {
  it.each<Refusal>([
    { name: "401", status: 401, code: "unauthorized" },
    {
      name: "F06 403 with retry-after",
      status: 403,
      headers: { "retry-after": "30" },
      code: "rate-limited",
      retryInS: 30,
    },
    {
      name: "F06 403 with an exhausted quota",
      status: 403,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": resetIn(120) },
      message: "API rate limit exceeded for installation ID 1.",
      code: "rate-limited",
      retryInS: 120,
    },
    {
      name: "F06 429 with an exhausted quota",
      status: 429,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": resetIn(1_800) },
      code: "rate-limited",
      retryInS: 1_800,
    },
    {
      name: "F06 an exhausted quota without its reset",
      status: 403,
      headers: { "x-ratelimit-remaining": "0" },
      code: "rate-limited",
      retryInS: 60,
    },
    {
      name: "F06 a secondary limit that only its message tells of",
      status: 403,
      headers: { "x-ratelimit-remaining": "4999" },
      message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      code: "rate-limited",
      retryInS: 60,
    },
    { name: "F06 429 without a sign", status: 429, code: "rate-limited", retryInS: 60 },
    {
      name: "403 for a permission of an App",
      status: 403,
      headers: { "x-accepted-github-permissions": "members=write", "x-ratelimit-remaining": "4999" },
      message: "Resource not accessible by integration",
      code: "forbidden",
      says: /it needs members=write/,
    },
    {
      name: "403 for one of several permissions",
      status: 403,
      headers: {
        "x-accepted-github-permissions": "administration=write,members=read; organization_administration=write",
      },
      code: "forbidden",
      says: /it needs administration=write and members=read, or organization_administration=write/,
    },
    {
      name: "403 for a scope of a classic token",
      status: 403,
      headers: { "x-oauth-scopes": "repo", "x-accepted-oauth-scopes": "admin:org, repo" },
      code: "forbidden",
      says: /it needs one of the scopes admin:org, repo/,
    },
    {
      name: "T12 403 with a header that is not as documented",
      status: 403,
      headers: { "x-accepted-github-permissions": "canary <script>" },
      code: "forbidden",
      says: /our credential$/,
    },
    {
      name: "403 for single sign-on",
      status: 403,
      headers: { "x-github-sso": "required; url=https://github.com/orgs/acme/sso?authorization_request=canary" },
      code: "unauthorized",
      says: /authorize our token/,
    },
    {
      name: "403 for our address",
      status: 403,
      message:
        "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled",
      code: "unauthorized",
      says: /IP allow list/,
    },
    {
      name: "403 for a suspended installation",
      status: 403,
      message: "This installation has been suspended",
      code: "unauthorized",
      says: /suspended/,
    },
    {
      name: "403 for a team that the identity provider fills",
      status: 403,
      message: "You cannot create or update members for an external group backed team since they are managed by canary",
      code: "conflict",
      says: /identity provider/,
    },
    {
      name: "403 for an archived repository",
      status: 403,
      message: "Repository was archived so is read-only.",
      code: "bad-request",
      says: /unarchive/,
    },
    { name: "404", status: 404, code: "not-visible" },
    { name: "409", status: 409, code: "conflict" },
    { name: "410", status: 410, code: "unsupported" },
    { name: "422", status: 422, message: "Validation Failed: canary", code: "bad-request" },
    { name: "500", status: 500, code: "unavailable" },
    { name: "501", status: 501, code: "unsupported" },
    { name: "503", status: 503, code: "unavailable" },
  ])("$name is told as $code", async ({ status, headers = {}, message = "canary", code, retryInS, says }) => {
    answer = (response) => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8", date, ...headers });
      response.end(JSON.stringify({ message, documentation_url: "https://docs.github.com/rest" }));
    };
    const { github, exchanges, close } = await openAt(server.origin);

    const failure = await rejection(github.send(request));

    expect(failure).toMatchObject({
      code,
      status,
      retryAt: retryInS === undefined ? null : new Date(now.getTime() + retryInS * 1_000),
    });
    const told = `${String(failure)} ${JSON.stringify(failure)} ${Buffer.from(exchanges[0]?.bytes ?? []).toString()}`;
    expect(told).not.toMatch(/canary|Validation|integration/);
    if (says !== undefined) expect(failure).toHaveProperty("message", expect.stringMatching(says));
    await close();
  });

  it("that is expected is an answer, unless it is throttling", async () => {
    const headers: Record<string, string> = {};
    answer = (response) => response.writeHead(403, { date, ...headers }).end();
    const { github, close } = await openAt(server.origin);

    expect(await github.send({ ...request, expect: [403] })).toMatchObject({ status: 403, problem: "403" });
    headers["retry-after"] = "5";
    expect(await rejection(github.send({ ...request, expect: [403] }))).toMatchObject({ code: "rate-limited" });
    await close();
  });
});
