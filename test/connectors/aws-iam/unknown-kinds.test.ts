import { awsIam } from "../../../connectors/aws-iam/index.ts";
import { plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/plant-leaver.ts";
import { onAction } from "../../../connectors/testkit/fakes/aws-iam/matchers.ts";
import { answers } from "../../../connectors/testkit/faults/index.ts";
import { accountOf, anAccount, freeze, kindOf, look, openAt, rejection, shown } from "./support.ts";

const listings = [
  { action: "ListAccessKeys", kind: "access-key" },
  { action: "GetLoginProfile", kind: "login-profile" },
  { action: "ListServiceSpecificCredentials", kind: "service-specific-credential" },
  { action: "ListSSHPublicKeys", kind: "ssh-public-key" },
  { action: "ListSigningCertificates", kind: "signing-certificate" },
  { action: "ListMFADevices", kind: "mfa-device" },
  { action: "ListGroupsForUser", kind: "group-membership" },
  { action: "ListAttachedUserPolicies", kind: "attached-policy" },
  { action: "ListUserPolicies", kind: "inline-policy" },
  { action: "ListRoles", kind: "trust-policy" },
];

describe("a server that does not know a kind", () => {
  it.each(listings)("I16 has a gap for $kind, and everything else is looked at and ended", async ({ action, kind }) => {
    const aws = await anAccount({ unknownActions: [action] });
    const leaver = plantLeaver(aws, "robin.sample");
    const { session } = await openAt(aws);
    const account = accountOf(leaver);
    await freeze(session, account);

    const { gaps, troubles, complete, findings } = await look(session, account);
    for (const finding of findings) {
      const { strategy, principal } = kindOf(finding.kind);
      if (strategy !== "report" && principal !== true) await kindOf(finding.kind).revoke(session, finding);
    }

    expect(gaps.map((gap) => gap.kind)).toEqual([kind]);
    expect(gaps[0]?.why).toContain("does not know this operation");
    expect(troubles).toEqual([]);
    expect([...complete, kind].toSorted()).toEqual(Object.keys(awsIam.kinds).toSorted());
    const spelt: Readonly<Record<string, string>> = {
      "ssh-public-key": "ssh-key",
      "service-specific-credential": "service-credential",
    };
    expect([...new Set(aws.aliveOf(leaver.id).map((one) => one.kind))]).toEqual(
      kind === "trust-policy" ? [] : [spelt[kind] ?? kind],
    );
    const itself = findings.find((one) => one.kind === "user");
    if (itself === undefined) throw new Error("the user was not found");
    expect(shown(await kindOf("user").verify(session, itself, null))).toBe("dead by state");
  });

  it.each(["GetUser", "ListUsers", "GetCallerIdentity"])(
    "I14 is one that fails where it does not know %s: nothing is claimed",
    async (action) => {
      const aws = await anAccount({ unknownActions: [action] });
      const leaver = plantLeaver(aws, "robin.sample");
      const { session } = await openAt(aws);

      if (action === "ListUsers") {
        expect(await rejection(awsIam.account(session, leaver.id))).toMatchObject({ code: "unavailable" });
      } else {
        expect(await rejection(freeze(session, accountOf(leaver)))).toMatchObject({ code: "unavailable" });
      }
      expect(aws.writes()).toEqual([]);
    },
  );

  it("is told from a server that fails, whatever its page looks like", async () => {
    const aws = await anAccount();
    const leaver = plantLeaver(aws, "robin.sample");
    const { session } = await openAt(aws);
    for (const fault of [answers(502), answers(503), aws.lies.answersError(500, "ServiceFailure")]) {
      aws.faults.add({ on: onAction("ListSSHPublicKeys"), fault });

      const { gaps, troubles } = await look(session, accountOf(leaver));

      expect(gaps).toEqual([]);
      expect(troubles.map(({ kind, error }) => [kind, error.code])).toEqual([["ssh-public-key", "unavailable"]]);
    }
  });
});
