import { z } from "zod";
import { ConnectorError } from "../../contract/error.ts";
import { Secret, secretText } from "../../contract/secret.ts";
import { appJwt, privateKeyOf } from "./app-jwt.ts";
import { exchange } from "./exchange.ts";
import type { ExchangeDeps } from "./exchange.ts";
import { accessTokenPermissions } from "./permission-names.ts";
import type { GithubSecrets, GithubSettings } from "./settings.ts";

/** Reads that are POSTs: they change nothing at GitHub that anybody could hold. */
export const credentialReads = ["createInstallationToken"] as const;

/** A token that is about to expire may do so on its way. */
const renewBeforeMs = 5 * 60_000;

/** What the installation of our App was given. */
export interface Installation {
  token: Secret;
  expiresAt: Date;
  permissions: Readonly<Record<string, string>>;
  /** It sees every repository of the organization, so that one which it does not see is not there. */
  allRepositories: boolean;
}

/** Where the authorization of each call comes from. */
export type Credential =
  | { kind: "token"; authorize(): Promise<Secret> }
  | { kind: "app"; authorize(): Promise<Secret>; installation(): Promise<Installation>; asApp(): Secret };

/**
 * A token as it was given, or an App's installation token, minted when one is needed and kept within this session.
 * @throws {ConnectorError} `unauthorized` when what was configured is neither, or both.
 */
export function credentialOf(
  settings: GithubSettings,
  { privateKey, token }: GithubSecrets,
  target: string,
  deps: ExchangeDeps,
): Credential {
  const { appId, installationId } = settings;
  if (token !== undefined && privateKey === undefined && appId === undefined) {
    return { kind: "token", authorize: async () => token };
  }
  if (token !== undefined || privateKey === undefined || appId === undefined || installationId === undefined) {
    const wanted = "settings.appId, settings.installationId and secrets.privateKey of an App, or secrets.token alone";
    throw new ConnectorError("unauthorized", `${target}: configure ${wanted}`, { target });
  }
  return appCredential({ appId, installationId, privateKey }, target, deps);
}

function appCredential(
  { appId, installationId, privateKey }: { appId: number; installationId: number; privateKey: Secret },
  target: string,
  deps: ExchangeDeps,
): Credential {
  let current: Promise<Installation> | null = null;

  function asApp(): Secret {
    try {
      return new Secret(appJwt(appId, privateKeyOf(privateKey), deps.clock()));
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown;
      throw new ConnectorError("unauthorized", `${target}: secrets.privateKey is ${thrown.message}`, { target });
    }
  }

  async function installation(): Promise<Installation> {
    const known = await current?.catch(() => null);
    if (known !== null && known !== undefined && isFresh(known, deps.clock())) return known;
    current = mint(asApp(), installationId, target, deps);
    return current;
  }

  return { kind: "app", installation, asApp, authorize: async () => (await installation()).token };
}

function isFresh({ expiresAt }: Installation, now: Date): boolean {
  return expiresAt.getTime() - renewBeforeMs > now.getTime();
}

const accessToken = z.object({
  token: secretText,
  expires_at: z.iso.datetime({ offset: true }),
  permissions: accessTokenPermissions.nullish(),
  repository_selection: z.enum(["all", "selected"]).nullish(),
});

/** @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app */
async function mint(jwt: Secret, installationId: number, target: string, deps: ExchangeDeps): Promise<Installation> {
  const operation = credentialReads[0];
  const reply = await exchange(
    {
      operation,
      route: "POST /app/installations/{installation_id}/access_tokens",
      parameters: { installation_id: installationId },
      schema: accessToken,
      expect: [404],
    },
    jwt,
    deps,
  );
  if (reply.body === null) {
    const what = `${target}: our App has no installation ${installationId}`;
    throw new ConnectorError("unauthorized", what, { target, operation, status: reply.status });
  }
  const { token, expires_at: expiresAt, permissions, repository_selection: selection } = reply.body;
  return {
    token,
    expiresAt: new Date(expiresAt),
    permissions: Object.fromEntries(
      Object.entries(permissions ?? {}).flatMap(([name, level]) => (level === undefined ? [] : [[name, level]])),
    ),
    allRepositories: selection === "all",
  };
}
