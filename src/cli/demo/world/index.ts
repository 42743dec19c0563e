import { startAws } from "./aws.ts";
import type { DemoAws } from "./aws.ts";
import { startGateway } from "./gateway.ts";
import type { DemoGateway } from "./gateway.ts";
import { startGithub } from "./github.ts";
import type { DemoGithub } from "./github.ts";

export { buildUser } from "./aws.ts";
export { buildConsumer, keyWorks } from "./gateway.ts";
export { buildSecrets } from "./github.ts";
export { bystander, leaver, localName, loginName } from "./people.ts";

/** Everything that the leaver reaches: fake targets on loopback, each of them real HTTP and with a state of its own. */
export interface DemoWorld {
  gateway: DemoGateway;
  account: DemoAws;
  organization: DemoGithub;
  close(): Promise<void>;
}

export async function startWorld(adminToken: string): Promise<DemoWorld> {
  const gateway = await startGateway(adminToken);
  const account = await startAws();
  const { accessKeyId, secretAccessKey } = account.buildKeyBefore;
  const organization = await startGithub({
    aws: `${accessKeyId}:${secretAccessKey}`,
    gateway: gateway.buildKeyBefore,
  });
  return {
    gateway,
    account,
    organization,
    async close() {
      await Promise.all([gateway.kong.close(), account.aws.close(), organization.github.close()]);
    },
  };
}
