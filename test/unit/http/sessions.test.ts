import { createSessions } from "../../../src/http/sessions.ts";

const minute = 60_000;

function sessionsAt(): { sessions: ReturnType<typeof createSessions>; pass: (ms: number) => void } {
  let now = Date.parse("2026-11-22T10:00:00Z");
  return { sessions: createSessions({ clock: () => new Date(now) }), pass: (ms) => void (now += ms) };
}

describe("T35 sessions", () => {
  it("have a new secret each time", () => {
    const { sessions } = sessionsAt();
    expect(sessions.open("t1")).not.toBe(sessions.open("t1"));
  });

  it("live while they are used, and end after an hour without use", () => {
    const { sessions, pass } = sessionsAt();
    const secret = sessions.open("t1");
    pass(59 * minute);
    expect(sessions.find(secret)).toBe("t1");
    pass(59 * minute);
    expect(sessions.find(secret)).toBe("t1");
    pass(60 * minute);
    expect(sessions.find(secret)).toBeNull();
  });

  it("end after twelve hours however much they are used", () => {
    const { sessions, pass } = sessionsAt();
    const secret = sessions.open("t1");
    for (let n = 0; n < 23; n += 1) {
      pass(30 * minute);
      expect(sessions.find(secret)).toBe("t1");
    }
    pass(30 * minute);
    expect(sessions.find(secret)).toBeNull();
  });

  it("end when they are closed, and no guess finds one", () => {
    const { sessions } = sessionsAt();
    const secret = sessions.open("t1");
    sessions.close(secret);
    expect(sessions.find(secret)).toBeNull();
    expect(sessions.find("")).toBeNull();
  });

  it("are at most a thousand; the oldest gives way", () => {
    const { sessions } = sessionsAt();
    const first = sessions.open("t1");
    const second = sessions.open("t2");
    for (let n = 0; n < 999; n += 1) sessions.open("t3");
    expect(sessions.find(first)).toBeNull();
    expect(sessions.find(second)).toBe("t2");
  });
});
