import type { Clock } from "../../../src/domain/ports.ts";
import { ConnectorError } from "../../contract/error.ts";
import type { AwsCredentials, AwsKeys } from "./keys.ts";
import type { AwsSecrets, AwsSettings } from "./settings.ts";
import type { Sts } from "./sts.ts";

export type { AwsCredentials };

/** A role's keys are renewed this long before they expire, so that none expires on its way. */
const renewBeforeMs = 5 * 60_000;

/**
 * What we start from: the operator's keys, or else the machine's own identity, found by the vendor's own chain. That chain
 * reads its environment, files and metadata endpoints outside our transport: the one exception (ADR 9).
 *
 * @throws {ConnectorError} `unauthorized` when the machine has no identity.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export function baseCredentials(secrets: AwsSecrets, { region }: AwsSettings, target: string): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken } = secrets;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    const keys: AwsKeys = {
      accessKeyId: accessKeyId.reveal(),
      secretAccessKey: secretAccessKey.reveal(),
      ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
    };
    return async () => keys;
  }
  let provider: Promise<AwsCredentials> | null = null;
  return async () => {
    provider ??= import("@aws-sdk/credential-provider-node").then(({ defaultProvider }) =>
      defaultProvider({ clientConfig: { region } }),
    );
    try {
      return await (
        await provider
      )();
    } catch (cause) {
      const what = `${target}: this machine has no AWS identity; give it a role, or set secrets.accessKeyId`;
      throw new ConnectorError("unauthorized", what, { target, cause: nameOf(cause) });
    }
  };
}

/** A role on top of them, assumed when first needed and kept for as long as its keys last. */
export function roleCredentials(
  role: NonNullable<AwsSettings["assumeRole"]>,
  { sts, clock }: { sts: Sts; clock: Clock },
): AwsCredentials {
  let held: Promise<AwsKeys> | null = null;
  const assume = (): Promise<AwsKeys> => {
    const asked = sts.assumeRole(role);
    held = asked;
    asked.catch(() => {
      if (held === asked) held = null; // a failure is not kept
    });
    return asked;
  };
  return async () => {
    const keys = await (held ?? assume());
    const leftMs = (keys.expiration?.getTime() ?? 0) - clock().getTime();
    return leftMs > renewBeforeMs ? keys : assume();
  };
}

/** The chain's own words may quote a file or an answer of a metadata service. */
function nameOf(thrown: unknown): Error {
  return new Error(thrown instanceof Error ? thrown.name : "no reason given");
}
