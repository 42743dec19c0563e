import { z } from "zod";
import { duration, parseDuration } from "./values.ts";

const hours = (text: string): number => parseDuration(text) ?? 0;

const guard = z
  .strictObject({
    tenMinutes: z
      .int("expected a whole number of people")
      .min(1, "expected at least 1")
      .default(5)
      .describe("Most people whose access one source may end within ten minutes; the rest awaits approval"),
    day: z
      .int("expected a whole number of people")
      .min(1, "expected at least 1")
      .default(20)
      .describe("The same within 24 hours"),
  })
  .refine((guard) => guard.day >= guard.tenMinutes, {
    path: ["day"],
    message: "expected at least as many as tenMinutes allows",
  });

/** How long, how often and how much at once. */
export const policy = z.strictObject({
  deleteAfter: duration()
    .default(hours("30d"))
    .describe("How long a disabled principal is kept before it may be deleted; credentials never wait"),
  watch: z
    .array(duration({ minMs: 1_000 }))
    .min(1, "expected at least one time to look again")
    .refine(isAscending, "expected times that rise, such as [1h, 24h, 7d, 30d]")
    .default(["1h", "24h", "7d", "30d"].map(hours))
    .describe("When a complete case is looked at again, counted from its completion"),
  sla: duration({ minMs: 1_000 })
    .default(hours("4h"))
    .describe("Within what time a leaver's access must be proven gone"),
  lookGap: duration({ minMs: 50 })
    .default(hours("5s"))
    .describe("Least time between the two clean looks that end a target"),
  guard: guard.prefault({}).describe("Absolute limits against a source that errs or was taken over"),
  protected: z
    .array(z.string().trim().min(1, "expected a user name, an e-mail address or an external id"))
    .default([])
    .describe("People never acted upon without approval: user names, e-mail addresses or external ids, in any case"),
});

function isAscending(times: readonly number[]): boolean {
  return times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0));
}
