import { isMember } from "../access.ts";
import {
  type Answer,
  bodyText,
  type Context,
  type Handlers,
  idParam,
  noContent,
  timestamp,
  timestampOrNull,
} from "../context.ts";
import { destroyToken } from "../departures.ts";
import { refuse } from "../errors.ts";
import { isSame, theOrganization, theUser, userById } from "../lookup.ts";
import { list } from "../paging.ts";
import { type CredentialAuthorization, type CredentialType, credentialTypes } from "../rows.ts";
import { theEnterprise } from "./enterprise-teams.ts";

/**
 * Credentials that members took through single sign-on. Only members are listed and can be named: an authorization is
 * still there after its owner left, and out of reach until the owner is back.
 *
 * @see https://docs.github.com/enterprise-cloud@latest/rest/orgs/orgs#list-saml-sso-authorizations-for-an-organization
 */
export const credentialAuthorizations: Handlers = {
  "GET /orgs/{org}/credential-authorizations": (context) => {
    theOrganization(context);
    const { state } = context;
    const login = context.call.query.get("login");
    const found = state.credentialAuthorizations.filter((one) => {
      const owner = userById(state, one.userId);
      const isWanted = login === null || (owner !== undefined && isSame(owner.login, login));
      return isWanted && isMember(state, one.userId);
    });
    return list(context, found, (one) => authorizationView(context, one));
  },
  "DELETE /orgs/{org}/credential-authorizations/{credential_id}": (context) => {
    theOrganization(context);
    const id = idParam(context, "credential_id");
    if (!context.state.credentialAuthorizations.some((one) => one.id === id)) throw refuse.notFound();
    context.world.remove("credentialAuthorizations", (one) => one.id === id);
    return noContent;
  },
  "POST /orgs/{org}/credential-authorizations/{username}/revoke": (context) => {
    theOrganization(context);
    return revoke(context, credentialTypes, false);
  },
  "POST /orgs/{org}/credential-authorizations/{username}/revoke-credential-type": (context) => {
    theOrganization(context);
    return revoke(context, [bodyText(context, "credential_type") as CredentialType], false);
  },
  "POST /enterprises/{enterprise}/credential-authorizations/{username}/revoke": (context) => {
    theEnterprise(context);
    return revoke(context, credentialTypes, context.body["revoke_credentials"] === true);
  },
  "POST /enterprises/{enterprise}/credential-authorizations/{username}/revoke-credential-type": (context) => {
    theEnterprise(context);
    const wanted = [bodyText(context, "credential_type") as CredentialType];
    return revoke(context, wanted, context.body["revoke_credentials"] === true);
  },
  "POST /credentials/revoke": (context) => {
    const values = context.body["credentials"] as readonly string[];
    for (const { id } of context.state.tokens.filter((one) => values.includes(one.value))) {
      destroyToken(context.world, id);
    }
    return { status: 202, json: {} };
  },
};

/** Accepts the work; it is done later. */
function revoke(context: Context, wanted: readonly CredentialType[], destroys: boolean): Answer {
  const { settings, state, world, now } = context;
  const user = theUser(context);
  if (!isMember(state, user.id)) throw refuse.notFound();
  if (destroys && !settings.managesUsers) {
    throw refuse.unprocessable("Credentials can only be destroyed in an enterprise with managed users.");
  }
  const { reads, ms } = settings.revocation;
  const job = { id: world.newId(), userId: user.id, types: wanted, destroys, dueAt: now + ms, readsLeft: reads };
  world.insert("jobs", job);
  return { status: 202, json: { message: "Credential authorization revocation has been queued." } };
}

function authorizationView({ state }: Context, one: CredentialAuthorization): Record<string, unknown> {
  const token = state.tokens.find((candidate) => candidate.id === one.credentialId);
  const key = state.sshKeys.find((candidate) => candidate.id === one.credentialId);
  return {
    login: userById(state, one.userId)?.login ?? "ghost",
    credential_id: one.id,
    credential_type: one.type,
    credential_authorized_at: timestamp(one.authorizedAt),
    credential_accessed_at: timestampOrNull(one.accessedAt),
    authorized_credential_id: one.credentialId,
    ...(token === undefined
      ? {}
      : {
          token_last_eight: token.value.slice(-8),
          scopes: token.scopes,
          authorized_credential_note: token.name,
          authorized_credential_expires_at: timestampOrNull(token.expiresAt),
        }),
    ...(key === undefined ? {} : { fingerprint: `SHA256:${key.id}`, authorized_credential_title: key.title }),
  };
}
