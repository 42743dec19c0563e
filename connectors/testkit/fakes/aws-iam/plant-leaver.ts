import type { FakeAwsIam } from "./fake-aws-iam.ts";
import type { PlantedUser } from "./plant.ts";

const allow = (...actions: string[]) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
});

/**
 * A user with one of everything and more: two keys (one used, one never), password, SSH key, signing certificate, virtual
 * MFA device, three groups, three policies (two attached, one inline), a CodeCommit and a Bedrock credential, permissions
 * boundary, tags, and a live session with MFA. The boundary lets it make keys, so that a leaver who re-mints gets far.
 */
export function plantLeaver(fake: FakeAwsIam, name: string): PlantedUser {
  const used = { at: new Date("2026-11-20T09:30:00Z"), service: "s3", region: "eu-central-1" };
  const { users } = fake.plant({
    policies: [
      { name: `${name}-builds`, document: allow("codebuild:*", "s3:Get*") },
      { name: `${name}-bound`, document: allow("s3:*", "codebuild:*", "iam:*AccessKey*", "iam:GetUser", "sts:*") },
    ],
    users: [
      {
        name,
        path: "/staff/",
        tags: { "employee-id": `e-${name}`, team: "platform" },
        passwordLastUsed: new Date("2026-11-23T17:05:00Z"),
        boundary: `${name}-bound`,
        accessKeys: [{ lastUse: used }, {}],
        password: `correct horse of ${name}`,
        sshKeys: [{}],
        certificates: [{}],
        mfa: ["virtual"],
        groups: ["developers", "on-call", "billing-readers"],
        attached: [`${name}-builds`, "IAMReadOnlyAccess"],
        inline: { "own-keys": allow("iam:*AccessKey*", "iam:GetUser", "s3:PutObject") },
        serviceCredentials: [
          { serviceName: "codecommit.amazonaws.com" },
          { serviceName: "bedrock.amazonaws.com", expiresAt: new Date("2027-06-30T00:00:00Z") },
        ],
        sessions: [{}],
      },
    ],
  });
  const [leaver] = users;
  if (leaver === undefined) throw new Error("a planted user is returned");
  return leaver;
}
