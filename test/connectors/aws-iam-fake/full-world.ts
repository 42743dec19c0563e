import type { IAMClient } from "@aws-sdk/client-iam";
import { anAccount, given, iam, policy, refusalOf } from "./support.ts";

/** Who is asked about. */
export const UserName = "robin.sample";
export const account = "arn:aws:iam::111122223333";

/** A user who is full of everything, and others who hold the same things. */
export const world = {
  users: [
    {
      name: UserName,
      accessKeys: [{}, { isActive: false }],
      password: "x",
      groups: Array.from({ length: 10 }, (_, at) => `group-${at}`),
      attached: ["IAMReadOnlyAccess"],
      inline: {
        big: policy(
          "Allow",
          Array.from({ length: 60 }, (_, at) => `service${at}:Do*Something*`),
        ),
      },
      sshKeys: [{}, {}, {}, {}, {}],
      certificates: [{}, { isActive: false }],
      serviceCredentials: [
        { serviceName: "codecommit.amazonaws.com" },
        { serviceName: "codecommit.amazonaws.com", isActive: false },
      ],
      mfa: ["virtual" as const],
    },
    {
      name: "other",
      accessKeys: [{}],
      sshKeys: [{}],
      certificates: [{}],
      mfa: ["virtual" as const],
      serviceCredentials: [{ serviceName: "codecommit.amazonaws.com" }],
    },
  ],
  groups: [{ name: "one-more" }],
  roles: [{ name: "ops", trust: policy("Allow", "sts:AssumeRole", { Resource: undefined, Principal: { AWS: "*" } }) }],
};

/** Ids of what the other user holds. */
export interface Others {
  readonly key: string;
  readonly ssh: string;
  readonly certificate: string;
  readonly credential: string;
  readonly mfa: string;
}
export type Ask = (client: IAMClient, others: Others) => Promise<unknown>;

export interface Refusal {
  readonly name: string;
  readonly ask: Ask;
  /** As the SDK names it. */
  readonly code: string;
  readonly status: number;
  readonly message?: string;
}

/** Asks in a fresh world. Whatever is asked must leave both users as they were, and use names that are described. */
export async function refusedIn(ask: Ask): Promise<Awaited<ReturnType<typeof refusalOf>>> {
  const fake = await anAccount();
  const other = given(fake.plant(world).users[1]);
  const before = [fake.stateOf(UserName), fake.stateOf("other")];

  const refusal = await refusalOf(
    ask(iam(fake), {
      key: given(other.accessKeys[0]).accessKeyId,
      ssh: given(other.sshKeys[0]),
      certificate: given(other.certificates[0]),
      credential: given(other.serviceCredentials[0]).id,
      mfa: given(other.mfa[0]),
    }),
  );

  expect([fake.stateOf(UserName), fake.stateOf("other"), fake.effects()]).toEqual([...before, 0]);
  expect(fake.violations()).toEqual([]);
  return refusal;
}
