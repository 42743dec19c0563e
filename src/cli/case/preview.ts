import { z } from "zod";
import { things } from "../terminal/size.ts";
import { field, table } from "../terminal/table.ts";

const account = z.looseObject({ label: z.string(), strength: z.string(), reason: z.string() });

const result = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("no-account") }),
  z.looseObject({ kind: z.literal("ask"), text: z.string(), candidates: z.array(account) }),
  z.looseObject({ kind: z.literal("failed"), reason: z.string() }),
  z.looseObject({
    kind: z.literal("found"),
    accounts: z.array(account),
    freezes: z.boolean(),
    items: z.array(
      z.looseObject({
        kind: z.string(),
        label: z.string(),
        risk: z.string(),
        strategy: z.string(),
        reason: z.string().nullish(),
      }),
    ),
    sideEffects: z.array(z.string()).default([]),
    couldNotLook: z.array(z.looseObject({ kind: z.string(), why: z.string() })),
  }),
]);

/** What a case would find; nothing was written. */
export const previewView = z.looseObject({
  id: z.string(),
  finished: z.boolean(),
  targets: z.array(z.looseObject({ target: z.string(), state: z.string(), result: result.nullable() })),
});

export function previewPage({ targets }: z.output<typeof previewView>): string {
  const parts = targets.map(
    ({ target, result }) => `${target}\n${result === null ? field("", "no answer yet") : targetPart(result)}`,
  );
  return `Dry run: nothing was written anywhere.\n\n${parts.join("\n")}`;
}

function targetPart(found: z.output<typeof result>): string {
  switch (found.kind) {
    case "no-account":
      return field("account", "none: there is nothing to end here");
    case "failed":
      return field("failed", found.reason);
    case "ask":
      return [
        field("asks you", found.text),
        ...found.candidates.map(({ label, reason }) => field("perhaps", `${label} (${reason})`)),
      ].join("");
    case "found": {
      const rows = found.items.map(({ kind, risk, strategy, label }) => [`  ${kind}`, strategy, risk, label]);
      const reasons = found.items.flatMap(({ label, reason }) =>
        typeof reason === "string" ? [field("why", `${label}: ${reason}`)] : [],
      );
      const ended = found.items.filter(({ strategy }) => strategy !== "report").length;
      const named = found.items.length - ended;
      return [
        ...found.accounts.map(({ label, reason }) => field("account", `${label} (${reason})`)),
        field("freeze", found.freezes ? "first, so that nothing new can be made" : "not possible here"),
        ...(rows.length === 0 ? [] : [table(["  KIND", "HOW", "RISK", "CREDENTIAL"], rows)]),
        ...reasons,
        field("would end", things(ended, "credential")),
        ...(named === 0 ? [] : [field("would name", `${things(named, "thing")} that it does not end`)]),
        ...found.sideEffects.map((text) => field("also", text)),
        ...found.couldNotLook.map(({ kind, why }) => field("not seen", `${kind}: ${why}`)),
      ].join("");
    }
  }
}
