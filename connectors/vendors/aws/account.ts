import type { ConnectorContext } from "../../contract/connector.ts";
import { ConnectorError } from "../../contract/error.ts";
import { baseCredentials, roleCredentials } from "./credentials.ts";
import type { AwsCredentials } from "./keys.ts";
import type { AwsSecrets, AwsSettings } from "./settings.ts";
import { openSts } from "./sts.ts";
import type { CallerIdentity, Sts } from "./sts.ts";

/** Our way into one AWS account. */
export interface AwsAccount {
  /** For the clients of the SDK. */
  credentials: AwsCredentials;
  /** STS, called with them. */
  sts: Sts;
  /** Who we are there. Asked once: it is what our credentials say, and those stay. */
  ourselves(): Promise<CallerIdentity>;
  /** Who we are there, and who assumes that role: neither may ever be acted upon. */
  ownUserIds(): Promise<ReadonlySet<string>>;
}

/** Opens one account: the operator's keys or the machine's own identity, and on top of it a role where one is set. */
export async function openAwsAccount({
  target,
  settings,
  secrets,
  http,
  clock,
}: Pick<
  ConnectorContext<AwsSettings, AwsSecrets>,
  "target" | "settings" | "secrets" | "http" | "clock"
>): Promise<AwsAccount> {
  const base = baseCredentials(secrets, settings, target);
  const baseSts = await openSts(settings, base, { http, clock });
  const credentials =
    settings.assumeRole === undefined ? base : roleCredentials(settings.assumeRole, { sts: baseSts, clock });
  const sts = credentials === base ? baseSts : await openSts(settings, credentials, { http, clock });
  const identityOf = once(() => ask(sts));
  const baseIdentityOf = credentials === base ? identityOf : once(() => ask(baseSts));

  async function ask(service: Sts): Promise<CallerIdentity> {
    const identity = await service.callerIdentity();
    if (identity !== null) return identity;
    throw new ConnectorError("unauthorized", `${target}: AWS does not say who we are`, { target });
  }

  return {
    credentials,
    sts,
    ourselves: identityOf,
    ownUserIds: async () => new Set([(await identityOf()).userId, (await baseIdentityOf()).userId]),
  };
}

/** Keeps what was found; a failure is tried again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: { value: T } | null = null;
  return async () => (done ??= { value: await work() }).value;
}
