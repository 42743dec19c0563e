import { awsIam } from "../../../connectors/aws-iam/index.ts";
import type {
  ConformanceSubject,
  ConformanceWorld,
  Item,
  Matcher,
  Vocabulary,
} from "../../../connectors/testkit/conformance/index.ts";
import { startFakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import type { FakeAwsIam } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import { onAction } from "../../../connectors/testkit/fakes/aws-iam/matchers.ts";
import type { PlantedUser, PlantUser } from "../../../connectors/testkit/fakes/aws-iam/plant.ts";
import { reference } from "../../../connectors/testkit/fakes/aws-iam/reference.ts";
import {
  cutsAfter,
  emptyBody,
  htmlBody,
  hugeBody,
  rewrites,
  throttles,
} from "../../../connectors/testkit/faults/index.ts";

/** The connector at a fake account with a leaver, two whose names are alike, and somebody else. */
export const iamSubject: ConformanceSubject = {
  name: "aws-iam",
  connector: awsIam,
  async openWorld({ pageSize }) {
    const aws = await startFakeAwsIam(pageSize === undefined ? {} : { pageSize });
    const people = plantPeople(aws);
    const { leaver, bystander, lookAlikes } = people;
    return {
      settings: { region: "eu-central-1", endpoint: aws.url, accountId: aws.accountId },
      secrets: { accessKeyId: aws.admin.accessKeyId, secretAccessKey: aws.admin.secretAccessKey },
      leaver: accountOf(leaver),
      bystander: accountOf(bystander),
      lookAlikes: lookAlikes.map(accountOf),
      match: { person: robin, rules: [{ attribute: "tag:employee-id", equals: "{externalId}", trusted: true }] },
      ambiguous: { person: robin, rules: [{ attribute: "tag:person", equals: "{localPart}", trusted: true }] },
      planted: itemsOf(people),
      // An access key id is the ref of its finding, and no secret; the operator's is kept like one.
      canaries: [leaver, bystander, ...lookAlikes].flatMap(secretsOf),
      alive: () => aliveIn(aws, people),
      stateOf: (id) => aws.stateOf(id),
      effects: () => aws.effects(),
      writes: () => aws.writes(),
      calls: () => aws.calls(),
      faults: aws.faults,
      vocabulary: vocabularyOf(aws, people),
      async close() {
        await aws.close();
        const [violation] = aws.violations();
        if (violation !== undefined) throw new Error(`the reference does not know ${JSON.stringify(violation)}`);
      },
    } satisfies ConformanceWorld;
  },
};

const robin = {
  id: "11111111-2222-4333-8444-555555555555",
  userName: "leaver@example.com",
  externalId: "e-100",
  emails: ["leaver@example.com"],
};

interface People {
  leaver: PlantedUser;
  bystander: PlantedUser;
  lookAlikes: readonly PlantedUser[];
  groups: ReadonlyMap<string, string>;
  roleId: string;
}

const allow = (...Action: string[]) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*" }],
});

function plantPeople(aws: FakeAwsIam): People {
  const { users, groups } = aws.plant({
    policies: [
      { name: "builds", document: allow("codebuild:*") },
      { name: "bound", document: allow("s3:*", "iam:*AccessKey*", "sts:*") },
    ],
    groups: [{ name: "developers", attached: ["builds"] }, { name: "on-call" }],
    users: [
      holding("leaver", "e-100"),
      holding("bystander", "e-555", "somebody"),
      holding("leaver2", "e-1001"),
      holding("leaver+ci", "e-100-ci"),
    ],
  });
  const [leaver, bystander, ...lookAlikes] = users;
  if (leaver === undefined || bystander === undefined) throw new Error("nobody was planted");
  const trusting = (name: string, arn: string) => ({
    name,
    trust: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: arn }, Action: "sts:AssumeRole" }],
    },
  });
  const { roles } = aws.plant({ roles: [trusting("deploy", leaver.arn), trusting("deploy2", `${leaver.arn}2`)] });
  const [role] = roles;
  if (role === undefined) throw new Error("no role was planted");
  return {
    leaver,
    bystander,
    lookAlikes,
    groups: new Map(groups.map(({ name, id }) => [name, id])),
    roleId: role.id,
  };
}

/** Something of every kind, several of some. */
function holding(name: string, employeeId: string, person = "leaver"): PlantUser {
  return {
    name,
    path: "/staff/",
    tags: { "employee-id": employeeId, person },
    boundary: "bound",
    accessKeys: [{ lastUse: { at: new Date("2026-11-20T09:30:00Z"), service: "s3", region: "eu-central-1" } }, {}],
    password: `canary-password-of-${employeeId}`,
    sshKeys: [{}],
    certificates: [{}],
    mfa: ["virtual"],
    groups: ["developers", "on-call"],
    attached: ["builds"],
    inline: { own: allow("iam:*AccessKey*") },
    serviceCredentials: [{ serviceName: "bedrock.amazonaws.com", expiresAt: new Date("2027-06-30T00:00:00Z") }],
    sessions: [{}],
  };
}

function accountOf({ id, name }: PlantedUser) {
  return { id, label: name };
}

function secretsOf({ accessKeys, password, serviceCredentials, sessions }: PlantedUser): readonly string[] {
  return [
    ...accessKeys.map(({ secretAccessKey }) => secretAccessKey),
    ...(password === null ? [] : [password]),
    ...serviceCredentials.map(({ secret }) => secret),
    ...sessions.flatMap(({ secretAccessKey, sessionToken }) => [secretAccessKey, sessionToken]),
  ];
}

function itemsOf({ leaver, groups, roleId }: People): readonly Item[] {
  const { id } = leaver;
  const held: Readonly<Record<string, readonly string[]>> = {
    session: [id],
    "access-key": leaver.accessKeys.map(({ accessKeyId }) => accessKeyId),
    "login-profile": [id],
    "service-specific-credential": leaver.serviceCredentials.map((credential) => credential.id),
    "ssh-public-key": leaver.sshKeys,
    "signing-certificate": leaver.certificates,
    "mfa-device": leaver.mfa,
    "group-membership": [...groups.values()].map((group) => `${id}/${group}`),
    "attached-policy": [`${id}/${leaver.arn.replace(/:user\/.*/, ":policy/builds")}`],
    "inline-policy": [`${id}/own`],
    "permissions-boundary": [id],
    "trust-policy": [`${id}/${roleId}`],
    user: [id],
  };
  return Object.entries(held).flatMap(([kind, refs]) => refs.map((ref) => ({ kind, ref })));
}

/** What the fake calls the kinds of what works, and how the connector should. */
const kindsOfFake: Readonly<Record<string, string>> = {
  "service-credential": "service-specific-credential",
  "ssh-key": "ssh-public-key",
};

/** By the fake's state; the user itself as long as it is there. */
function aliveIn(aws: FakeAwsIam, { leaver: { id, name }, groups }: People): readonly Item[] {
  const items = aws.aliveOf(id).map(({ kind, ref }): Item => {
    const [, ...rest] = ref.split("/");
    const own = rest.join("/");
    if (kind === "session" || kind === "login-profile") return { kind, ref: id };
    if (kind === "group-membership") return { kind, ref: `${id}/${groups.get(own) ?? own}` };
    if (kind === "attached-policy" || kind === "inline-policy") return { kind, ref: `${id}/${own}` };
    return { kind: kindsOfFake[kind] ?? kind, ref };
  });
  return aws.alive("user", name) ? [...items, { kind: "user", ref: id }] : items;
}

/** The operations that are about one kind and no other, as far as there are such. */
const operations: Readonly<Record<string, { read: readonly string[]; write: readonly string[] }>> = {
  session: { read: ["GetUser", "SimulatePrincipalPolicy"], write: ["PutUserPolicy"] },
  "access-key": { read: ["ListAccessKeys"], write: ["UpdateAccessKey", "DeleteAccessKey"] },
  "login-profile": { read: ["GetLoginProfile"], write: ["DeleteLoginProfile"] },
  "service-specific-credential": {
    read: ["ListServiceSpecificCredentials"],
    write: ["UpdateServiceSpecificCredential", "DeleteServiceSpecificCredential"],
  },
  "ssh-public-key": { read: ["ListSSHPublicKeys"], write: ["UpdateSSHPublicKey", "DeleteSSHPublicKey"] },
  "signing-certificate": {
    read: ["ListSigningCertificates"],
    write: ["UpdateSigningCertificate", "DeleteSigningCertificate"],
  },
  "mfa-device": { read: ["ListMFADevices"], write: ["DeactivateMFADevice", "DeleteVirtualMFADevice"] },
  "group-membership": { read: ["ListGroupsForUser"], write: ["RemoveUserFromGroup"] },
  "attached-policy": { read: ["ListAttachedUserPolicies"], write: ["DetachUserPolicy"] },
  "inline-policy": { read: ["ListUserPolicies"], write: ["DeleteUserPolicy"] },
  "permissions-boundary": { read: ["GetUser"], write: ["DeleteUserPermissionsBoundary"] },
  "trust-policy": { read: ["ListRoles"], write: ["UpdateAssumeRolePolicy"] },
  user: { read: ["GetUser"], write: ["DeleteUser"] },
};

function about(kind: string): Matcher {
  const { read = [], write = [] } = operations[kind] ?? {};
  return onAction(...read, ...write);
}

const writes = onAction(...Object.keys(reference).filter((action) => reference[action]?.access === "write"));

const listings = onAction(
  ...Object.keys(reference).filter((action) => reference[action]?.optional.includes("Marker") === true),
);

function vocabularyOf(aws: FakeAwsIam, { leaver, bystander }: People): Vocabulary {
  const { lies } = aws;
  const name = { UserName: leaver.name };
  const deletionOf = ({ kind, ref }: Item): Matcher => {
    const action = operations[kind]?.write.at(-1) ?? "";
    const handle = ref.includes("/") && !ref.startsWith("arn:") ? ref.slice(ref.indexOf("/") + 1) : ref;
    return kind === "login-profile" || kind === "group-membership"
      ? onAction(action)
      : { ...onAction(action), subject: handle };
  };
  return {
    writes,
    about,
    throttles: (retryAfterS) =>
      retryAfterS === null ? lies.throttles() : { ...throttles(retryAfterS), name: "aws-throttles-with-retry-after" },
    denies(kind, to) {
      const [action = ""] = operations[kind]?.[to] ?? [];
      const missing = `iam:${action}`;
      const why = `User: ${aws.admin.accessKeyId} is not authorized to perform: ${missing} on resource: * because no identity-based policy allows the ${missing} action`;
      return { fault: lies.answersError(403, "AccessDenied", why), missing };
    },
    hides: () => lies.hides(),
    fails: () => lies.answersError(500, "ServiceFailure", "The request processing has failed"),
    complains: (status, words) => lies.answersError(status, "ValidationError", `cannot do this: ${words}`),
    endless: () => ({ on: listings, fault: lies.endlessPages() }),
    drifts: () => ({
      on: onAction("ListGroupsForUser"),
      fault: lies.pagesDrift(() => {
        aws.meddle("RemoveUserFromGroup", { ...name, GroupName: "developers" });
        aws.meddle("AttachUserPolicy", { ...name, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
      }),
    }),
    lingers: (item, reads) =>
      isShownLate(item) ? { on: deletionOf(item), fault: lies.lingers({ ms: 0, reads }) } : null,
    returns: (item, reads) =>
      isShownLate(item) ? { on: deletionOf(item), fault: lies.returns({ ms: 0, reads }) } : null,
    async putBack({ kind, ref }) {
      const handle = ref.slice(ref.indexOf("/") + 1);
      switch (kind) {
        case "session":
          aws.meddle("DeleteUserPolicy", { ...name, PolicyName: "LastdayDenyAll" });
          return true;
        case "login-profile":
          aws.meddle("CreateLoginProfile", { ...name, Password: "canary-password-again" });
          return true;
        case "group-membership":
          aws.meddle("AddUserToGroup", { ...name, GroupName: "developers" });
          return true;
        case "attached-policy":
          aws.meddle("AttachUserPolicy", { ...name, PolicyArn: handle });
          return true;
        case "inline-policy":
          aws.meddle("PutUserPolicy", { ...name, PolicyName: handle, PolicyDocument: JSON.stringify(allow("s3:*")) });
          return true;
        default:
          return false; // a new one has another id
      }
    },
    answersForOther(kind) {
      if (["group-membership", "attached-policy", "inline-policy", "trust-policy"].includes(kind)) return null; // they do not say whose
      const actions = kind === "session" || kind === "user" ? ["GetUser"] : (operations[kind]?.read ?? []);
      return { on: onAction(...actions), fault: lies.answersFor(bystander.name) };
    },
    hostileAnswers: {
      "a page of HTML": htmlBody(),
      nothing: emptyBody(),
      "another shape": lies.wrongShape(),
      "half of the XML": lies.truncatedXml(),
      "an answer that breaks off": cutsAfter(5),
      "a gigabyte": hugeBody(1024 ** 3),
      "another action's answer": rewrites("another-answer", (reply) => ({
        ...reply,
        content: { raw: "<DeleteThingResponse></DeleteThingResponse>", type: "text/xml" },
      })),
    },
  };
}

/**
 * What is only listed or not listed. A credential that is shown late is shown as switched off, which it is; a session is
 * never shown; a user who comes back is a user without anything.
 */
function isShownLate({ kind }: Item): boolean {
  return ["login-profile", "group-membership", "attached-policy", "inline-policy"].includes(kind);
}
