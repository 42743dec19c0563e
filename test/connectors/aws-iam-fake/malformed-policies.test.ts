import { PutUserPolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { refusedIn } from "./full-world.ts";

const statement = (fields: object) => JSON.stringify({ Version: "2012-10-17", Statement: [fields] });

const situations = [
  { what: "no JSON", document: "{", message: "This policy contains invalid Json" },
  { what: "a list", document: "[]", message: "Syntax errors in policy." },
  { what: "no statement", document: '{"Version":"2012-10-17"}', message: "Syntax errors in policy." },
  { what: "no effect", document: statement({ Action: "*", Resource: "*" }), message: "Syntax errors in policy." },
  {
    what: "an element that is none",
    document: statement({ Effect: "Deny", Actions: "*", Resource: "*" }),
    message: "Syntax errors in policy.",
  },
  {
    what: "no action",
    document: statement({ Effect: "Deny", Resource: "*" }),
    message: "Policy statement must contain actions.",
  },
  {
    what: "no resource",
    document: statement({ Effect: "Deny", Action: "*" }),
    message: "Policy statement must contain resources.",
  },
  {
    what: "a principal",
    document: statement({ Effect: "Deny", Action: "*", Resource: "*", Principal: "*" }),
    message: "Policy document should not specify a principal.",
  },
  {
    what: "an action without a service",
    document: statement({ Effect: "Deny", Action: "DeleteUser", Resource: "*" }),
    message: "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
  },
  {
    what: "an operator that is none",
    document: statement({
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { Before: { "aws:CurrentTime": "x" } },
    }),
    message: "Invalid Condition type : Before.",
  },
];

describe("MalformedPolicyDocument, 400, and without an effect:", () => {
  it.each(situations)("a policy with $what", async ({ document, message }) => {
    const refusal = await refusedIn((client) =>
      client.send(new PutUserPolicyCommand({ UserName: "other", PolicyName: "p", PolicyDocument: document })),
    );

    expect(refusal).toEqual({ name: "MalformedPolicyDocumentException", status: 400, message });
  });

  it("a trust policy without a principal", async () => {
    const PolicyDocument = statement({ Effect: "Allow", Action: "sts:AssumeRole" });

    const refusal = await refusedIn((client) =>
      client.send(new UpdateAssumeRolePolicyCommand({ RoleName: "ops", PolicyDocument })),
    );

    expect(refusal).toMatchObject({ name: "MalformedPolicyDocumentException", status: 400 });
  });
});
