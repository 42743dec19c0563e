import fc from "fast-check";
import { decodeCursor, encodeCursor, pageOf } from "../../../src/http/cursor.ts";
import { distanceTo, duration, utc } from "../../../src/http/page/time.ts";
import { ownPath } from "../../../src/http/session-router.ts";

describe("cursors", () => {
  it("come back as they went", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true }),
        fc.uuid(),
        (at, id) => {
          expect(decodeCursor(encodeCursor({ at, id }))).toEqual({ at, id });
        },
      ),
    );
  });

  it("T19 are refused when they are anything else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeCursor(text)).toThrow(expect.objectContaining({ code: "invalid-cursor" }));
      }),
    );
  });

  it("name a next page only when there is one", () => {
    const rows = [1, 2, 3].map((n) => ({ at: new Date(n), id: `0195f0c0-0000-7000-8000-00000000000${n}` }));
    expect(pageOf(rows, 3, (row) => row).next).toBeNull();
    expect(decodeCursor(pageOf(rows, 2, (row) => row).next ?? undefined)).toEqual(rows[1]);
  });
});

describe("where a sign-in leads", () => {
  it.each([
    { next: "/cases/1?show=all", base: "", to: "/cases/1?show=all" },
    { next: "/lastday/cases/1", base: "/lastday", to: "/lastday/cases/1" },
    { next: undefined, base: "/lastday", to: "/lastday/" },
    { next: "//evil.example/", base: "", to: "/" },
    { next: "/\\evil.example/", base: "", to: "/" },
    { next: "https://evil.example/", base: "", to: "/" },
    { next: "/elsewhere", base: "/lastday", to: "/lastday/" },
    { next: "/a\r\nset-cookie: x", base: "", to: "/" },
  ])("$next below '$base' leads to $to", ({ next, base, to }) => {
    expect(ownPath(next, base)).toBe(to);
  });
});

describe("times", () => {
  const now = new Date("2026-11-22T12:00:00Z");

  it("are shown in UTC and say so", () => {
    expect(utc("2026-11-22T09:14:02.000Z")).toBe("22 Nov 2026, 09:14:02 UTC");
  });

  it.each([
    { deadline: "2026-11-22T15:41:00Z", says: "3h 41m left" },
    { deadline: "2026-11-22T09:49:00Z", says: "2h 11m over" },
    { deadline: "2026-11-24T13:00:00Z", says: "2d 1h left" },
    { deadline: "2026-11-22T12:00:00Z", says: "0s left" },
  ])("$deadline is $says", ({ deadline, says }) => {
    expect(distanceTo(deadline, now)).toBe(says);
  });

  it("never shows more than two units", () => {
    fc.assert(fc.property(fc.nat(1e10), (ms) => duration(ms).split(" ").length <= 2));
  });
});
