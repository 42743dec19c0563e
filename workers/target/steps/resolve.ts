import { digestOf } from "../../../src/stages/plan/freeze-plan.ts";
import { resolveAccounts } from "../../../src/stages/resolve/resolve-accounts.ts";
import { loadIdentity, loadRivals, loadStrangersLinks } from "../../../src/store/identity.ts";
import { backOff } from "../trouble.ts";
import type { StepResult } from "../step-result.ts";
import type { TargetTurn } from "../turn.ts";
import { clear, finish } from "./endings.ts";

/** Person to accounts. Ambiguity stops this target and asks a person; the other targets go on. */
export async function resolveStep(turn: TargetTurn, session: unknown): Promise<StepResult> {
  const { target, worker, deps } = turn;
  const { person, known } = await loadIdentity(deps.pool, turn.case.personId, target.target);
  const open = turn.with(session);
  let listedAt = turn.stepStartedAt;
  const resolution = await resolveAccounts(
    open,
    { person, rules: worker.rules, ...known },
    {
      async principals() {
        const { startedAt, principals } = await deps.principals.list(open, {
          now: turn.now(),
          since: turn.case.runStartedAt,
        });
        listedAt = startedAt;
        return principals;
      },
      linkedToOthers: () => loadStrangersLinks(deps.pool, person.id, target.target),
      rivals: (values) => loadRivals(deps.pool, person.id, values),
    },
  );
  await deps.fault("step.resolve.before-settle");

  switch (resolution.kind) {
    case "incomplete":
      return backOff(
        turn,
        { code: "incomplete-listing", reason: `The list of accounts at ${target.target} was cut short` },
        "contain",
      );
    case "ask":
      Object.assign(target, {
        state: "awaiting_approval",
        reasonCode: resolution.question,
        reason: resolution.text,
        dueAt: null,
      });
      await turn.settle({
        release: true,
        question: { kind: resolution.question, text: resolution.text, candidates: resolution.candidates },
        step: { kind: "resolve", result: "asked", detail: { candidates: resolution.candidates.length } },
      });
      return { kind: "rest" };
    case "none":
      Object.assign(target, {
        ...clear,
        accountsSha256: digestOf([]),
        inventory: "complete",
        listedAt,
        freeze: "not-needed",
      });
      return finish(turn, { kind: "resolve", result: "no-account", detail: { listed: resolution.listed } });
    case "accounts":
      turn.accounts = resolution.accounts.map((match) => match.account);
      Object.assign(target, {
        ...clear,
        step: target.mode === "enforce" ? "freeze" : "discover",
        accountsSha256: digestOf(resolution.accounts),
        freeze: target.mode === "enforce" ? "not-yet" : "not-needed",
        dueAt: turn.now(),
      });
      await turn.settle({
        accounts: resolution.accounts,
        step: {
          kind: "resolve",
          result: "found",
          detail: { accounts: resolution.accounts.length, listed: resolution.listed },
        },
      });
      return { kind: "next" };
  }
}
