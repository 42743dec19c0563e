import type { Clock } from "../../src/domain/ports.ts";
import { ConnectorError } from "../contract/error.ts";
import type { ConnectorErrorCode } from "../contract/error.ts";
import type { CursorPage } from "../contract/paging.ts";
import type { CiSecretsSettings } from "./config.ts";
import type { GithubClient } from "./github/client.ts";
import type { LinkedIdentity } from "./github/identities.ts";
import type { Issuers } from "./issuers/issuer.ts";
import type { Looks } from "./looks.ts";
import type { TryOldValue } from "./old-value.ts";

/** What every operation of this connector works with. */
export interface CiDeps {
  github: GithubClient;
  identities(
    where: { kind: "organization" | "enterprise"; name: string },
    cursor: string | null,
  ): Promise<CursorPage<LinkedIdentity>>;
  issuers: Issuers;
  looks: Looks;
  tryOldValue: TryOldValue;
  target: string;
  settings: CiSecretsSettings;
  clock: Clock;
}

export function failed(
  code: ConnectorErrorCode,
  { target }: Pick<CiDeps, "target">,
  operation: string,
  what: string,
): ConnectorError {
  return new ConnectorError(code, `${target}: ${what}`, { target, operation });
}
