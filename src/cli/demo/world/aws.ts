import { startFakeAwsIam } from "../../../../connectors/testkit/fakes/aws-iam/index.ts";
import type { FakeAwsIam } from "../../../../connectors/testkit/fakes/aws-iam/index.ts";
import { bystander, leaver, localName } from "./people.ts";

type Credentials = Parameters<FakeAwsIam["tryKey"]>[0];

/** The demo's AWS account. */
export interface DemoAws {
  aws: FakeAwsIam;
  /** A session that the leaver opened before, good for a day and a half more. */
  session: Credentials;
  /** What the build machines had, and the leaver could read. */
  buildKeyBefore: Credentials;
  bystanderBefore: string;
}

/** Its user for the build machines. */
export const buildUser = "builds";

const allow = (...actions: string[]) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
});

/** An account with the two people, and a user whose key lies in a secret that the leaver could read. */
export async function startAws(): Promise<DemoAws> {
  const aws = await startFakeAwsIam();
  const { users } = aws.plant({
    users: [
      {
        name: localName(leaver),
        tags: { "employee-id": leaver.externalId },
        accessKeys: [{ lastUse: { at: new Date(), service: "s3", region: "eu-central-1" } }, {}],
        password: "an invented passphrase",
        mfa: ["virtual"],
        groups: ["developers", "on-call"],
        attached: ["IAMReadOnlyAccess"],
        inline: { "own-keys": allow("iam:*AccessKey*", "s3:*") },
        serviceCredentials: [{ serviceName: "codecommit.amazonaws.com" }],
        sshKeys: [{}],
        sessions: [{}],
      },
      {
        name: localName(bystander),
        tags: { "employee-id": bystander.externalId },
        accessKeys: [{}],
        password: "another invented passphrase",
        groups: ["developers"],
      },
      { name: buildUser, accessKeys: [{}], inline: { deploy: allow("s3:*") } },
    ],
  });
  const [leaving, , builds] = users;
  const session = leaving?.sessions[0];
  const buildKeyBefore = builds?.accessKeys[0];
  if (session === undefined || buildKeyBefore === undefined) {
    throw new Error("the fake account did not plant what it was asked to");
  }
  return { aws, session, buildKeyBefore, bystanderBefore: aws.stateOf(localName(bystander)) };
}
