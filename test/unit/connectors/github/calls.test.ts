import type { ServerResponse } from "node:http";
import { z } from "zod";
import { pagesOf } from "../../../../connectors/contract/paging.ts";
import { json, rejection, serve } from "../contract/support.ts";
import type { TestServer } from "../contract/support.ts";
import { openAt } from "./support.ts";

const thing = z.object({ id: z.number() });
const one = { operation: "getThing", route: "GET /orgs/{org}/things/{id}", schema: thing } as const;
const all = {
  operation: "listThings",
  route: "GET /orgs/{org}/things",
  parameters: { org: "acme" },
  schema: z.array(thing),
  items: (things: z.output<typeof thing>[]) => things,
};

let server: TestServer;
let answer: (response: ServerResponse, url: string) => void;

beforeEach(async () => {
  answer = (response) => json(response, { id: 1, more: "than was asked for" });
  server = await serve((request, response) => answer(response, request.url ?? ""));
});

afterEach(() => server.close());

describe("a call to GitHub", () => {
  it("goes by the documented route, which evidence shows in place of the URL", async () => {
    const { github, exchanges, close } = await openAt(server.origin);

    const reply = await github.send({ ...one, parameters: { org: "acme", id: 1, filter: "all" } });

    expect(reply.body).toEqual({ id: 1 });
    expect(server.seen).toEqual(["GET /orgs/acme/things/1?filter=all"]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: "Bearer ghp_canary_token",
      "x-github-api-version": "2022-11-28",
    });
    const evidence = Buffer.from(exchanges[0]?.bytes ?? []).toString();
    expect(evidence).toContain('"template":"/orgs/{org}/things/{id}"');
    expect(evidence).not.toMatch(/canary|more/);
    await close();
  });

  it.each(["..", ".", "", undefined])("never leaves its path: %j", async (id) => {
    const { github, close } = await openAt(server.origin);

    expect(await rejection(github.send({ ...one, parameters: { org: "acme", id } }))).toBeInstanceOf(RangeError);
    expect(server.seen).toEqual([]);
    await close();
  });

  it("keeps what a name would change in its own segment", async () => {
    const { github, close } = await openAt(server.origin);

    await github.send({ ...one, parameters: { org: "acme", id: "../members/a?b=c#d" } });

    expect(server.seen).toEqual(["GET /orgs/acme/things/..%2Fmembers%2Fa%3Fb%3Dc%23d"]);
    await close();
  });

  it.each([
    { name: "HTML", send: (response: ServerResponse) => html(response) },
    { name: "nothing", send: (response: ServerResponse) => json(response, undefined) },
    { name: "another shape", send: (response: ServerResponse) => json(response, { id: "1" }) },
    { name: "broken JSON", send: (response: ServerResponse) => text(response, '{"id": 1', "application/json") },
    { name: "a type that is none", send: (response: ServerResponse) => text(response, "{}", "?") },
    { name: "204", send: (response: ServerResponse) => response.writeHead(204).end() },
  ])("F07 that answers $name is an invalid response", async ({ send }) => {
    answer = send;
    const { github, close } = await openAt(server.origin);

    const failure = await rejection(github.send({ ...one, parameters: { org: "acme", id: 1 } }));

    expect(failure).toMatchObject({ code: "invalid-response", operation: "getThing" });
    await close();
  });

  it("T11 is not led elsewhere by a redirect", async () => {
    answer = (response) => response.writeHead(301, { location: `${server.origin}/elsewhere` }).end("{}");
    const { github, close } = await openAt(server.origin);

    expect(await rejection(github.send({ ...one, parameters: { org: "acme", id: 1 } }))).toMatchObject({
      code: "invalid-response",
    });
    const expected = await github.send({ ...one, parameters: { org: "acme", id: 1 }, expect: [301] });
    expect(expected).toMatchObject({ status: 301, body: null });
    expect(server.seen.every((line) => !line.includes("elsewhere"))).toBe(true);
    await close();
  });
});

describe("a listing", () => {
  async function walk(): Promise<number[]> {
    const { github, close } = await openAt(server.origin, { settings: { pageSize: 2 } });
    const fetchPage = async (cursor: string | null) => (await github.page(all, cursor)) ?? { items: [], next: null };
    const ids: number[] = [];
    try {
      const where = { target: "github", operation: "listThings" };
      for await (const { items } of pagesOf(where, fetchPage, ({ id }) => String(id))) {
        ids.push(...items.map(({ id }) => id));
      }
    } finally {
      await close();
    }
    return ids;
  }

  it.each([
    {
      name: "page numbers",
      links: {
        "/orgs/acme/things?per_page=2": '<https://api.github.com/organizations/1/things?per_page=2&page=2>; rel="next"',
      },
      seen: ["GET /orgs/acme/things?per_page=2", "GET /orgs/acme/things?per_page=2&page=2"],
    },
    {
      name: "cursors, among other relations",
      links: {
        "/orgs/acme/things?per_page=2":
          '<https://elsewhere.example/x?before=a>; rel="prev", <https://elsewhere.example/x?after=MQ%3D%3D>; rel="next"',
      },
      seen: ["GET /orgs/acme/things?per_page=2", "GET /orgs/acme/things?per_page=2&after=MQ%3D%3D"],
    },
    {
      name: "one page",
      links: {
        "/orgs/acme/things?per_page=2": '<https://api.github.com/x?page=1>; rel="first", <x?page=1>; rel="last"',
      },
      seen: ["GET /orgs/acme/things?per_page=2"],
    },
  ])("T11 follows $name and never an address", async ({ links, seen }) => {
    const known: Record<string, string> = links;
    answer = (response, url) => {
      const link = known[url];
      response.writeHead(200, { "content-type": "application/json", ...(link === undefined ? {} : { link }) });
      response.end(JSON.stringify([{ id: server.seen.length }]));
    };

    expect(await walk()).toEqual(seen.map((_, at) => at + 1));
    expect(server.seen).toEqual(seen);
  });

  it.each([
    { name: "a next page without number or cursor", link: '<https://api.github.com/x?p=2>; rel="next"' },
    { name: "a next page without address", link: 'x; rel="next"' },
    { name: "the same page for ever", link: '<https://api.github.com/x?page=1>; rel="next"' },
  ])("F07 with $name is never taken for whole", async ({ link }) => {
    answer = (response) => {
      response.writeHead(200, { "content-type": "application/json", link });
      response.end(JSON.stringify([{ id: server.seen.length }]));
    };

    expect(await rejection(walk())).toMatchObject({ code: "invalid-response" });
  });
});

describe("a GraphQL query", () => {
  const query = { operation: "ask", query: "query { thing { id } }", variables: { org: "acme" }, schema: thing };

  it.each([
    { base: "", path: "/graphql" },
    { base: "/api/v3", path: "/api/graphql" },
  ])("is a read at $path", async ({ base, path }) => {
    answer = (response) => json(response, { data: { id: 7, more: 1 } });
    const { github, close } = await openAt(server.origin, {
      settings: { baseUrl: server.origin + base },
      ports: { access: "read" },
    });

    expect(await github.graphql(query)).toEqual({ id: 7 });
    expect(server.seen).toEqual([`POST ${path}`]);
    await close();
  });

  it.each([
    { name: "one of its own limits", errors: [{ type: "RATE_LIMITED" }], code: "rate-limited" },
    { name: "a lack of permission", errors: [{ type: "FORBIDDEN" }], code: "forbidden" },
    { name: "a lack of scopes", errors: [{ type: "INSUFFICIENT_SCOPES" }], code: "forbidden" },
    { name: "what it does not show", errors: [{ type: "NOT_FOUND" }], code: "not-visible" },
    { name: "an unknown field", errors: [{ extensions: { code: "undefinedField" } }], code: "unsupported" },
    { name: "something else", errors: [{ message: "canary" }], code: "invalid-response" },
    { name: "nothing that is an error", errors: ["canary"], code: "invalid-response" },
  ])("that GitHub refuses in a 200 for $name fails, even beside data", async ({ errors, code }) => {
    answer = (response) => json(response, { data: { id: 7 }, errors });
    const { github, close } = await openAt(server.origin);

    const failure = await rejection(github.graphql(query));

    expect(failure).toMatchObject({ code, operation: "ask" });
    expect(JSON.stringify(failure) + String(failure)).not.toContain("canary");
    await close();
  });
});

function html(response: ServerResponse): void {
  text(response, "<!doctype html><title>Sign in</title>", "text/html; charset=utf-8");
}

function text(response: ServerResponse, body: string, type: string): void {
  response.writeHead(200, { "content-type": type });
  response.end(body);
}
