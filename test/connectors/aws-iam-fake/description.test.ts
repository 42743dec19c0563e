import * as iamSdk from "@aws-sdk/client-iam";
import * as stsSdk from "@aws-sdk/client-sts";
import { handlers } from "../../../connectors/testkit/fakes/aws-iam/actions/index.ts";
import { reference } from "../../../connectors/testkit/fakes/aws-iam/reference.ts";
import { anAccount, iam } from "./support.ts";

/** An operation as the vendor's SDK describes it: input and output shape behind functions, member names at 4, and how many are required at 6. */
type Shape = readonly [number, string, string, number, readonly string[], readonly unknown[], number?];
interface Described {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

function describedBySdk(action: string): Described | undefined {
  const sdk = { ...iamSdk, ...stsSdk } as Readonly<Record<string, unknown>>;
  const operation = sdk[`${action}$`];
  if (!Array.isArray(operation)) return undefined;
  const input: unknown = typeof operation[4] === "function" ? (operation[4] as () => unknown)() : operation[4];
  if (!Array.isArray(input)) return { required: [], optional: [] };
  const [, , , , members, , required = 0] = input as unknown as Shape;
  return { required: members.slice(0, required), optional: members.slice(required) };
}

const sorted = (names: readonly string[]) => [...names].sort();

describe("the table of actions", () => {
  it.each(Object.entries(reference))("%s has the parameters of the vendor's own description", (action, known) => {
    const described = describedBySdk(action);

    expect(described).toBeDefined();
    expect(sorted([...known.required, ...known.optional])).toEqual(
      sorted([...(described?.required ?? []), ...(described?.optional ?? [])]),
    );
    expect(sorted(known.required)).toEqual(sorted(described?.required ?? []));
  });

  it("has a handler for every action, and no other", () => {
    expect(sorted(Object.keys(handlers))).toEqual(sorted(Object.keys(reference)));
  });
});

describe("violations", () => {
  it("none from the vendor's SDK", async () => {
    const fake = await anAccount();

    await iam(fake).send(new iamSdk.ListUsersCommand({ MaxItems: 5, PathPrefix: "/" }));
    await iam(fake).send(new iamSdk.CreateUserCommand({ UserName: "robin.sample", Tags: [{ Key: "a", Value: "b" }] }));

    expect(fake.violations()).toEqual([]);
  });

  it.each([
    {
      name: "an action that is not there",
      body: "Action=DestroyUser&Version=2010-05-08",
      violations: [{ what: "action", action: "DestroyUser" }],
    },
    {
      name: "the version of the other service",
      body: "Action=ListUsers&Version=2011-06-15",
      violations: [{ what: "version", action: "ListUsers", name: "2011-06-15" }],
    },
    {
      name: "parameters that are not there",
      body: "Action=DeleteUser&Version=2010-05-08&UserName=x&Force=true&Tags.member.1.Key=a",
      violations: [
        { what: "parameter", action: "DeleteUser", name: "Force" },
        { what: "parameter", action: "DeleteUser", name: "Tags" },
      ],
    },
  ])("$name", async ({ body, violations }) => {
    const fake = await anAccount();

    await fetch(fake.url, {
      method: "POST",
      body,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });

    expect(fake.violations()).toEqual(violations);
    fake.clearCalls();
    expect(fake.violations()).toEqual([]);
  });
});
