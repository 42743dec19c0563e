import type * as Sdk from "@aws-sdk/client-iam";
import type { ConnectorContext } from "../contract/connector.ts";
import type { AwsAccount } from "../vendors/aws/account.ts";
import { clientSettings, createAwsCaller } from "../vendors/aws/client.ts";
import type { AwsKeys } from "../vendors/aws/keys.ts";
import type { IamSecrets, IamSettings } from "./config.ts";
import { createReads } from "./reads.ts";
import { nothing } from "./schema.ts";
import { createWrites } from "./writes.ts";

export type IamContext = ConnectorContext<IamSettings, IamSecrets>;
export type IamClient = ReturnType<typeof createReads> & ReturnType<typeof createWrites> & { tryWith: TryWith };

/** Asks with other keys who their user is: `works`, or the name of the refusal. */
type TryWith = (keys: AwsKeys, refusals: readonly string[]) => Promise<string>;

/** IAM of one account. The SDK is loaded here and not sooner: every command of the product loads the list of connectors. */
export async function openIam(
  { http, clock, target, settings }: IamContext,
  { credentials }: AwsAccount,
): Promise<IamClient> {
  const sdk: typeof Sdk = await import("@aws-sdk/client-iam");
  const client = new sdk.IAMClient(clientSettings(settings, credentials));
  const call = createAwsCaller("iam", { http, clock, credentials });
  const deps = { sdk, client, call, target, pageSize: settings.pageSize };
  const tryWith: TryWith = async (keys, refusals) => {
    const others = async () => keys;
    const { problem } = await createAwsCaller("iam", { http, clock, credentials: others })({
      client: new sdk.IAMClient(clientSettings(settings, others)),
      command: new sdk.GetUserCommand({}),
      schema: nothing,
      expect: refusals,
    });
    return problem ?? "works";
  };
  return { ...createReads(deps), ...createWrites(deps), tryWith };
}
