import { checkerOf, describeApi } from "../../../connectors/testkit/openapi/index.ts";

const document = {
  info: { title: "Things", version: "1" },
  paths: {
    "/things/{id}": {
      parameters: [{ in: "path", name: "id" }],
      get: { parameters: [{ $ref: "#/components/parameters/Deep" }, { in: "header", name: "accept" }] },
      patch: {
        requestBody: {
          content: { "application/json": { schema: { allOf: [{ $ref: "#/components/schemas/Thing" }] } } },
        },
      },
    },
    "/things": { post: { requestBody: { content: { "application/json": { schema: { type: "object" } } } } } },
    "/unwanted": { get: {} },
  },
  components: {
    parameters: { Deep: { in: "query", name: "deep" } },
    schemas: { Thing: { properties: { name: {}, size: {} } } },
  },
};
const api = describeApi(document, "Apache-2.0", (path) => path !== "/unwanted");

it("keeps operations, query names and body fields of the wanted paths", () => {
  expect(api).toEqual({
    title: "Things",
    version: "1",
    licence: "Apache-2.0",
    operations: {
      "GET /things/{id}": { query: ["deep"], body: null },
      "PATCH /things/{id}": { query: [], body: ["name", "size"] },
      "POST /things": { query: [], body: null },
    },
  });
});

it.each([
  { method: "GET", path: "/things/a.b", query: ["deep"], body: [], found: [] },
  { method: "HEAD", path: "/things/1", query: [], body: [], found: [] },
  { method: "POST", path: "/things", query: [], body: ["anything"], found: [] },
  { method: "GET", path: "/things/1/2", query: [], body: [], found: ["route"] },
  { method: "DELETE", path: "/things/1", query: ["x"], body: [], found: ["method"] },
  { method: "GET", path: "/things/1", query: ["deep", "x", "x"], body: [], found: ["query x"] },
  { method: "PATCH", path: "/things/1", query: ["y"], body: ["name", "colour"], found: ["query y", "body colour"] },
])("$method $path: $found", ({ method, path, query, body, found }) => {
  const violations = checkerOf(api)({ method, path, queryNames: query, bodyNames: body });

  expect(violations.map(({ what, name }) => [what, name ?? ""].join(" ").trim())).toEqual(found);
});

it.each([null, {}, { paths: { "/a": { get: { parameters: "none" } } } }])(
  "survives a document that is none: %j",
  (odd) => {
    expect(Object.values(describeApi(odd, "none", () => true).operations)).toEqual(
      odd === null || !("paths" in odd) ? [] : [{ query: [], body: null }],
    );
  },
);
