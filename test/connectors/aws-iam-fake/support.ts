import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import {
  type FakeAwsIam,
  type FakeAwsIamOptions,
  startFakeAwsIam,
} from "../../../connectors/testkit/fakes/aws-iam/index.ts";

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
});

/** A fake that is closed after the test. */
export async function anAccount(options: FakeAwsIamOptions = {}): Promise<FakeAwsIam> {
  const fake = await startFakeAwsIam(options);
  running.push(fake);
  return fake;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The vendor's own client, without retries. */
export function iam(fake: FakeAwsIam, credentials: Credentials = fake.admin): IAMClient {
  const client = new IAMClient({ endpoint: fake.url, region: "us-east-1", credentials, maxAttempts: 1 });
  running.push({ close: async () => client.destroy() });
  return client;
}

export function sts(fake: FakeAwsIam, credentials: Credentials = fake.admin): STSClient {
  const client = new STSClient({ endpoint: fake.url, region: "eu-central-1", credentials, maxAttempts: 1 });
  running.push({ close: async () => client.destroy() });
  return client;
}

/** How a call was refused, as the SDK tells it; null when it was not. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ readonly name: string; readonly status: number; readonly message: string } | null> {
  try {
    await call;
    return null;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode ?? 0 };
  }
}

/** A policy document of one statement. */
export function policy(effect: "Allow" | "Deny", action: string | readonly string[], more: object = {}): string {
  const statement = { Effect: effect, Action: action, Resource: "*", ...more };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

export const denyAll = policy("Deny", "*");

/** A policy that denies whatever was issued before then. */
export const denyOlderThan = (time: Date): string =>
  policy("Deny", "*", { Condition: { DateLessThan: { "aws:TokenIssueTime": time.toISOString() } } });

/** What must be there for a test to go on. */
export function given<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("the world of this test lacks something");
  return value;
}
