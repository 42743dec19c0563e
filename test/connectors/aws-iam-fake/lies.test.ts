import {
  CreateLoginProfileCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListGroupsForUserCommand,
  ListServiceSpecificCredentialsCommand,
  ListUsersCommand,
  paginateListUsers,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { type FakeAwsIam, onAction, plantLeaver } from "../../../connectors/testkit/fakes/aws-iam/index.ts";
import {
  emptyBody,
  type Fault,
  htmlBody,
  hugeBody,
  resetsAfter,
  resetsBefore,
  withoutEffect,
} from "../../../connectors/testkit/faults/index.ts";
import { anAccount, denyAll, given, iam, policy, refusalOf } from "./support.ts";

const UserName = "robin.sample";

/** A user with two keys, a way to delete the first, and to list them. */
async function aKey() {
  const fake = await anAccount();
  const user = given(fake.plant({ users: [{ name: UserName, accessKeys: [{}, {}], groups: ["a", "b"] }] }).users[0]);
  const AccessKeyId = given(user.accessKeys[0]).accessKeyId;
  return {
    fake,
    user,
    id: AccessKeyId,
    remove: () => refusalOf(iam(fake).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }))),
    isListed: () => isListed(fake, AccessKeyId),
  };
}

async function isListed(fake: FakeAwsIam, id: string): Promise<boolean> {
  const { AccessKeyMetadata = [] } = await iam(fake).send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata.some((key) => key.AccessKeyId === id);
}

describe("F06 a fault instead of an answer has no effect", () => {
  it.each<{ make: (fake: FakeAwsIam) => Fault; name: string; status: number }>([
    { make: ({ lies }) => lies.throttles(), name: "Throttling", status: 400 },
    {
      make: ({ lies }) => lies.answersError(500, "ServiceFailure", "later"),
      name: "ServiceFailureException",
      status: 500,
    },
    {
      make: ({ lies }) => lies.answersError(409, "ConcurrentModification"),
      name: "ConcurrentModificationException",
      status: 409,
    },
    { make: ({ lies }) => lies.answersError(403, "AccessDenied"), name: "AccessDenied", status: 403 },
    { make: ({ lies }) => lies.hides(), name: "NoSuchEntityException", status: 404 },
  ])("$name $status", async ({ make, name, status }) => {
    const { fake, id, remove } = await aKey();
    fake.faults.add({ on: { ...onAction("DeleteAccessKey"), subject: id }, fault: make(fake) });

    const refusal = await remove();
    const alive = fake.alive("access-key", id);

    expect([refusal, alive]).toEqual([expect.objectContaining({ name, status }), true]);
    expect([await remove(), fake.alive("access-key", id), fake.faults.unfired()]).toEqual([null, false, []]);
  });
});

describe("F05 a connection that breaks", () => {
  it.each([
    { fault: resetsBefore(), isAlive: true },
    { fault: resetsAfter(), isAlive: false },
  ])("$fault.name: alive is $isAlive", async ({ fault, isAlive }) => {
    const { fake, id, remove } = await aKey();
    fake.faults.add({ on: onAction("DeleteAccessKey"), fault });

    const refusal = await remove();

    expect(refusal?.status).toBe(0);
    expect(fake.alive("access-key", id)).toBe(isAlive);
    expect([fake.writes(), fake.effects()]).toMatchObject([[{ status: 0, faults: [fault.name] }], isAlive ? 0 : 1]);
  });
});

describe("F07 bodies that are not what they should be", () => {
  it.each<{ name: string; make: (fake: FakeAwsIam) => Fault }>([
    { name: "huge", make: () => hugeBody(100_000) },
    { name: "truncated XML", make: ({ lies }) => lies.truncatedXml() },
  ])("$name: the vendor's SDK stumbles", async ({ make }) => {
    const { fake } = await aKey();
    fake.faults.add({ on: onAction("ListAccessKeys"), fault: make(fake) });

    expect(await refusalOf(iam(fake).send(new ListAccessKeysCommand({ UserName })))).not.toBeNull();
    expect(fake.faults.unfired()).toEqual([]);
  });

  it.each<{ name: string; make: (fake: FakeAwsIam) => Fault }>([
    { name: "a page of HTML with status 200", make: () => htmlBody() },
    { name: "no body", make: () => emptyBody() },
    { name: "another shape", make: ({ lies }) => lies.wrongShape() },
  ])("$name: the vendor's SDK does not notice, and has no keys to show", async ({ make }) => {
    const { fake, isListed } = await aKey();
    fake.faults.add({ on: onAction("ListAccessKeys"), fault: make(fake) });

    expect(await isListed()).toBe(false);
    expect(await isListed()).toBe(true);
  });

  it("kinds it lacks: HTTP 500 with a page of HTML, and the others as ever", async () => {
    const fake = await anAccount({ unknownActions: ["ListServiceSpecificCredentials"] });
    fake.plant({ users: [{ name: UserName, accessKeys: [{}] }] });

    const refusal = await refusalOf(iam(fake).send(new ListServiceSpecificCredentialsCommand({ UserName })));

    expect(refusal?.status).toBe(500);
    expect((await iam(fake).send(new ListAccessKeysCommand({ UserName }))).AccessKeyMetadata).toHaveLength(1);
    expect(fake.violations()).toEqual([]);
  });
});

describe("F07 success without effect", () => {
  it("stubborn: so many writes about a thing answer as if done", async () => {
    const { fake, id, remove } = await aKey();
    fake.stubborn(id, 2);
    const set = new UpdateAccessKeyCommand({ UserName, AccessKeyId: id, Status: "Inactive" });

    const seen = [
      await refusalOf(iam(fake).send(set)),
      fake.alive("access-key", id),
      await remove(),
      fake.alive("access-key", id),
      await remove(),
      fake.alive("access-key", id),
    ];

    expect(seen).toEqual([null, true, null, true, null, false]);
    expect([fake.writes().length, fake.effects(), fake.faults.unfired()]).toEqual([3, 1, []]);
  });

  it("stubborn about all of several things: this membership, and no other", async () => {
    const { fake } = await aKey();
    fake.stubborn([UserName, "a"]);

    for (const GroupName of ["a", "b"]) await iam(fake).send(new RemoveUserFromGroupCommand({ UserName, GroupName }));

    expect(fake.aliveOf(UserName)).toContainEqual({ kind: "group-membership", ref: `${UserName}/a` });
    expect(fake.alive("group-membership", `${UserName}/b`)).toBe(false);
  });

  it("by the catalogue's fault, on any action", async () => {
    const { fake } = await aKey();
    fake.faults.add({ on: onAction("CreateLoginProfile"), fault: withoutEffect() });

    const { LoginProfile } = await iam(fake).send(new CreateLoginProfileCommand({ UserName, Password: "x" }));

    expect(LoginProfile).toMatchObject({ UserName });
    expect(await refusalOf(iam(fake).send(new GetLoginProfileCommand({ UserName })))).toMatchObject({ status: 404 });
  });
});

describe("F07 AWS's own lies", () => {
  it.each([
    { items: "same" as const, sizes: [2, 2, 2] },
    { items: "none" as const, sizes: [0, 0, 0] },
  ])("pages without an end, with items: $items", async ({ items, sizes }) => {
    const { fake } = await aKey();
    fake.faults.add({ on: onAction("ListUsers"), times: "always", fault: fake.lies.endlessPages(items) });
    const seen: { size: number; marker: string }[] = [];

    for await (const page of paginateListUsers({ client: iam(fake) }, {})) {
      seen.push({ size: page.Users?.length ?? 0, marker: given(page.Marker) });
      if (seen.length === 3) break;
    }

    expect(seen.map((one) => one.size)).toEqual(sizes);
    expect(new Set(seen.map((one) => one.marker)).size).toBe(3);
  });

  it("pages that drift: somebody is at work between them", async () => {
    const fake = await anAccount({ pageSize: 1 });
    fake.plant({ users: ["a", "b", "c"].map((name) => ({ name })) });
    const drift = fake.lies.pagesDrift(() => fake.meddle("DeleteUser", { UserName: "a" }));
    fake.faults.add({ on: onAction("ListUsers"), fault: drift });
    const seen: string[] = [];

    for await (const page of paginateListUsers({ client: iam(fake) }, {})) {
      seen.push(...(page.Users ?? []).map((user) => given(user.UserName)));
    }

    expect(seen).toEqual(["a", "b", "c", "lastday-admin"]);
  });

  it("an answer for another user, signed for the one that was asked about", async () => {
    const { fake } = await aKey();
    fake.plant({ users: [{ name: "other", groups: ["others"] }] });
    fake.faults.add({
      on: { ...onAction("ListGroupsForUser"), subject: UserName },
      fault: fake.lies.answersFor("other"),
    });

    const { Groups } = await iam(fake).send(new ListGroupsForUserCommand({ UserName }));

    expect(Groups?.map((group) => group.GroupName)).toEqual(["others"]);
  });

  it("another user's name in the answer", async () => {
    const { fake, user } = await aKey();
    fake.faults.add({ on: onAction("GetUser"), fault: fake.lies.namesAnother("other") });

    const { User } = await iam(fake).send(new GetUserCommand({ UserName }));

    expect(User).toMatchObject({ UserName: "other", UserId: user.id });
  });

  it("lingers: dead at once, and shown for two more looks at its kind", async () => {
    const { fake, user, id, remove, isListed } = await aKey();
    fake.faults.add({ on: onAction("DeleteAccessKey"), fault: fake.lies.lingers({ reads: 2 }) });

    await remove();
    const seen: boolean[] = [fake.alive("access-key", id), fake.tryKey(given(user.accessKeys[0])).kind === "works"];
    await iam(fake).send(new ListGroupsForUserCommand({ UserName })); // looks at another kind
    seen.push(await isListed(), await isListed(), await isListed());

    expect(seen).toEqual([false, false, true, true, false]);
  });

  it("returns: gone for two looks at its kind, then there again, the same", async () => {
    const { fake, user, id, remove, isListed } = await aKey();
    const before = fake.stateOf(UserName);
    fake.faults.add({ on: onAction("DeleteAccessKey"), fault: fake.lies.returns({ reads: 2 }) });

    await remove();
    const seen = [await isListed(), await isListed(), await isListed()];

    expect(seen).toEqual([false, false, true]);
    expect([fake.alive("access-key", id), fake.stateOf(UserName)]).toEqual([true, before]);
    expect(fake.tryKey(given(user.accessKeys[0]))).toEqual({ kind: "works" });
    expect([await remove(), fake.alive("access-key", id)]).toEqual([null, false]); // the lie is told once
  });

  it("returns after some time", async () => {
    let now = Date.now();
    const fake = await anAccount({ clock: () => now });
    fake.plant({ users: [{ name: UserName, password: "x" }] });
    fake.faults.add({ on: onAction("DeleteLoginProfile"), fault: fake.lies.returns({ ms: 60_000 }) });

    await iam(fake).send(new DeleteLoginProfileCommand({ UserName }));
    const gone = fake.aliveOf(UserName);
    now += 60_000;

    expect([gone, fake.aliveOf(UserName)]).toEqual([[], [{ kind: "login-profile", ref: UserName }]]);
  });
});

describe("T47 a leaver who re-mints keys", () => {
  const reminting = async () => {
    const fake = await anAccount();
    const leaver = plantLeaver(fake, UserName);
    fake.faults.add({ on: {}, times: "always", fault: fake.lies.remints(UserName) });
    return { fake, leaver, keys: () => fake.aliveOf(UserName).filter((one) => one.kind === "access-key").length };
  };
  const removeKey = (fake: FakeAwsIam, id: string) =>
    iam(fake).send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: id }));

  it("has another key after each that is taken, as long as any credential works", async () => {
    const { fake, leaver, keys } = await reminting();

    for (const key of leaver.accessKeys) await removeKey(fake, key.accessKeyId);
    const old = leaver.accessKeys.map((key) => fake.alive("access-key", key.accessKeyId));

    expect([old, keys(), fake.effects()]).toEqual([[false, false], 2, 2]);
  });

  it("is stopped by a deny", async () => {
    const { fake, leaver, keys } = await reminting();

    await iam(fake).send(new PutUserPolicyCommand({ UserName, PolicyName: "no", PolicyDocument: denyAll }));
    for (const key of leaver.accessKeys) await removeKey(fake, key.accessKeyId);

    expect(keys()).toBe(0);
  });

  it("is stopped later where a deny comes into force later", async () => {
    const { fake, leaver, keys } = await reminting();

    fake.setLag({ lagMs: 3_600_000 });
    await iam(fake).send(new PutUserPolicyCommand({ UserName, PolicyName: "no", PolicyDocument: denyAll }));
    fake.setLag({});
    await removeKey(fake, given(leaver.accessKeys[0]).accessKeyId); // waits behind the deny as well
    const before = keys();
    fake.catchUp();
    await removeKey(fake, given(leaver.accessKeys[1]).accessKeyId);

    expect([before, keys()]).toEqual([3, 1]); // two that are there, and one whose end is not yet in force
  });

  it("cannot where its policies do not let it, and reads do not wake it", async () => {
    const fake = await anAccount();
    const wanted = {
      name: UserName,
      accessKeys: [{}, {}],
      inline: { own: policy("Allow", "s3:*") },
      attached: ["IAMReadOnlyAccess"],
    };
    const user = given(fake.plant({ users: [wanted] }).users[0]);
    fake.faults.add({ on: {}, times: "always", fault: fake.lies.remints(UserName) });

    await iam(fake).send(new ListUsersCommand({}));
    await removeKey(fake, given(user.accessKeys[0]).accessKeyId);
    await iam(fake).send(new DeleteUserPolicyCommand({ UserName, PolicyName: "own" }));
    await iam(fake).send(
      new DetachUserPolicyCommand({ UserName, PolicyArn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" }),
    );

    expect(fake.aliveOf(UserName)).toEqual([{ kind: "access-key", ref: given(user.accessKeys[1]).accessKeyId }]);
  });
});
