import * as fc from "fast-check";
import { path } from "../../../../connectors/contract/path.ts";

describe("a path", () => {
  it("keeps its variables within their segment", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (id) => {
        fc.pre(id !== "." && id !== "..");
        const url = new URL(path`/consumers/${id}/key-auth`, "https://gateway.example");

        expect(url.pathname.split("/")).toEqual(["", "consumers", encodeURIComponent(id), "key-auth"]);
        expect([url.search, url.hash, url.host]).toEqual(["", "", "gateway.example"]);
      }),
    );
  });

  it.each(["", ".", ".."])("refuses a variable that a URL parser would walk: %p", (id) => {
    expect(() => path`/consumers/${id}`).toThrow(RangeError);
  });
});
