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
