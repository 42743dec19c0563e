import { retryAtOf } from "../../../../connectors/contract/answer.ts";

const now = new Date("2026-11-22T03:00:00.000Z");
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

describe("F06 a target that wants to be left alone", () => {
  it.each<{ name: string; headers: Record<string, string>; at: Date | null }>([
    { name: "says nothing", headers: {}, at: null },
    { name: "says seconds", headers: { "retry-after": "30" }, at: inSeconds(30) },
    { name: "says none", headers: { "retry-after": "0" }, at: inSeconds(0) },
    { name: "says a date", headers: { "retry-after": "Sun, 22 Nov 2026 03:02:00 GMT" }, at: inSeconds(120) },
    { name: "says a past date", headers: { "retry-after": "Sun, 22 Nov 2020 03:02:00 GMT" }, at: inSeconds(0) },
    { name: "says years", headers: { "retry-after": "99999999999999999999" }, at: inSeconds(3_600) },
    { name: "says a date in years", headers: { "retry-after": "Fri, 22 Nov 2126 03:02:00 GMT" }, at: inSeconds(3_600) },
    { name: "says a negative number", headers: { "retry-after": "-5" }, at: null },
    { name: "says a fraction", headers: { "retry-after": "1.5" }, at: null },
    { name: "says a word", headers: { "retry-after": "soon" }, at: null },
    { name: "says an infinity", headers: { "retry-after": "Infinity" }, at: null },
    {
      name: "says a date by a clock that is ten years off",
      headers: { "retry-after": "Sun, 22 Nov 2016 03:01:00 GMT", date: "Sun, 22 Nov 2016 03:00:00 GMT" },
      at: inSeconds(60),
    },
    {
      name: "has no requests left until a time",
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now.getTime() / 1_000 + 45) },
      at: inSeconds(45),
    },
    {
      name: "has requests left",
      headers: { "x-ratelimit-remaining": "7", "x-ratelimit-reset": String(now.getTime() / 1_000 + 45) },
      at: null,
    },
    { name: "has a reset of nonsense", headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "x" }, at: null },
  ])("and $name", ({ headers, at }) => {
    expect(retryAtOf(headers, now)).toEqual(at);
  });
});
