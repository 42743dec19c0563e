import { GetLoginProfileCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { account, world } from "./full-world.ts";
import { anAccount, given, iam, refusalOf, sts } from "./support.ts";

describe("the protocol", () => {
  it("carries errors as XML with a request id, in the body and in the head", async () => {
    const fake = await anAccount();

    const answer = await fetch(fake.url, { method: "POST", body: "Action=ListUsers&Version=2010-05-08" });
    const body = await answer.text();

    const requestId = answer.headers.get("x-amzn-requestid");
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([403, "text/xml"]);
    expect(body).toBe(
      `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    );
  });

  it("asks a caller that is no user for a user's name", async () => {
    const fake = await anAccount();
    fake.plant({ roles: [{ ...given(world.roles[0]), attached: ["AdministratorAccess"] }] });
    const { Credentials } = await sts(fake).send(
      new AssumeRoleCommand({ RoleArn: `${account}:role/ops`, RoleSessionName: "s" }),
    );
    const role = {
      accessKeyId: given(Credentials?.AccessKeyId),
      secretAccessKey: given(Credentials?.SecretAccessKey),
      sessionToken: given(Credentials?.SessionToken),
    };

    expect(await refusalOf(iam(fake, role).send(new GetLoginProfileCommand({})))).toMatchObject({
      name: "ValidationError",
      message: "Must specify userName when calling with non-User credentials",
    });
  });
});
