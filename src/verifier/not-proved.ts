import type { Genuine } from "./report.ts";

/** What a reader might believe but must not, in sentences that complete "Not proved: ...". */
export function notProvedBy(certificate: Omit<Genuine, "notProved">, at: string | null): readonly string[] {
  const { statement, contents, subject, level } = certificate;
  const { summary, demo } = statement.predicate;
  const systems = contents.scope.length === 1 ? "the one system" : `the ${contents.scope.length} systems`;
  const weak = contents.scope.filter(({ inventory }) => inventory !== "complete").length;
  const unproven: (readonly [boolean, string])[] = [
    [level.signature === "not-checked", "who issued it: no trust file was given"],
    [demo, "anything about a real person or system: it was issued by a demonstration"],
    [true, `that no access exists outside ${systems} in its scope, or of a kind they do not show`],
    [weak > 0, `that every item was found in ${weak} of them: the inventory there is not complete`],
    [true, "that the issuer's host was honest: it wrote down what it says the systems answered"],
    [level.evidence !== "checked", "what the systems answered: the evidence was not compared with its hashes"],
    [at === null, "when it was issued: the time is the issuer's own claim"],
    [true, "that the issuer shows the same certificates to everybody: it carries no log proof"],
    [true, "that no newer certificate replaces it, beyond those given here"],
    [summary.attested > 0, `that ${summary.attested} attested items are dead: people say so`],
    [summary.cutOff > 0, `that ${summary.cutOff} cut-off items are dead: only the way to them is closed`],
    [
      summary.dead.state > 0,
      `that ${summary.dead.state} items switched off at their system cannot be switched on again`,
    ],
    [subject === null, "whom it is about: the name is erased from the file"],
    [level.records === "some-erased", "what the erased records say, and so the counts in the summary"],
  ];
  return unproven.filter(([applies]) => applies).map(([, sentence]) => sentence);
}
