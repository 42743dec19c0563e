import type { Clock } from "../../src/domain/ports.ts";
import { ConnectorError } from "../contract/error.ts";
import type { ConnectorErrorCode } from "../contract/error.ts";
import type { TargetHttp } from "../contract/http.ts";
import { openAwsAccount } from "../vendors/aws/account.ts";
import type { AwsAccount } from "../vendors/aws/account.ts";
import { openIam } from "./client.ts";
import type { IamClient, IamContext } from "./client.ts";
import type { IamSettings } from "./config.ts";

/** What every operation at one account works with, for one turn. */
export interface IamSession {
  iam: IamClient;
  /** Who we are there, and STS. */
  aws: AwsAccount;
  target: string;
  settings: IamSettings;
  http: TargetHttp;
  clock: Clock;
}

/** Opens one account. Nothing is sent yet. */
export async function openSession(context: IamContext): Promise<IamSession> {
  const { target, settings, http, clock } = context;
  const aws = await openAwsAccount(context);
  return { iam: await openIam(context, aws), aws, target, settings, http, clock };
}

export function failed(
  { target }: Pick<IamSession, "target">,
  code: ConnectorErrorCode,
  operation: string,
  what: string,
): ConnectorError {
  return new ConnectorError(code, `${target}: ${operation} ${what}`, { target, operation });
}
