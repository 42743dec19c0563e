import type { Installations } from "../callers.ts";
import { type Answer, type Context, type Handlers, noContent, ok, timestamp } from "../context.ts";
import { refuse } from "../errors.ts";
import { isSame, theOrganization } from "../lookup.ts";
import { list, listIn } from "../paging.ts";
import { isWithin } from "../permissions.ts";
import type { Permissions } from "../rows.ts";
import { longAgo, nodeId, organizationAsUser } from "../views/people.ts";
import { fullRepository } from "../views/repositories.ts";

/** The app, its installation and the installation's tokens. */
export function appFamily(installations: Installations): Handlers {
  const app = () => {
    if (installations.app === null) throw refuse.notFound();
    return installations.app;
  };
  const installation = ({ settings }: Context) => {
    const { id, slug, installationId, permissions, clientId } = app();
    const { organization, apiUrl } = settings;
    return {
      id: installationId,
      client_id: clientId,
      account: organizationAsUser(settings),
      repository_selection: "all",
      access_tokens_url: `${apiUrl}/app/installations/${installationId}/access_tokens`,
      repositories_url: `${apiUrl}/installation/repositories`,
      html_url: `https://github.com/organizations/${organization.login}/settings/installations/${installationId}`,
      app_id: id,
      app_slug: slug,
      target_id: organization.id,
      target_type: "Organization",
      permissions,
      events: [],
      created_at: longAgo,
      updated_at: longAgo,
      single_file_name: null,
      suspended_by: null,
      suspended_at: null,
    };
  };
  const theInstallation = (context: Context) => {
    if (context.params["installation_id"] !== String(app().installationId)) throw refuse.notFound();
  };
  return {
    "GET /app": ({ settings }) => {
      const { id, slug, clientId, permissions } = app();
      return ok({
        id,
        slug,
        node_id: nodeId("A", id),
        client_id: clientId,
        owner: organizationAsUser(settings),
        name: slug,
        description: null,
        external_url: "https://example.com",
        html_url: `https://github.com/apps/${slug}`,
        created_at: longAgo,
        updated_at: longAgo,
        permissions,
        events: [],
        installations_count: 1,
      });
    },
    "GET /app/installations": (context) => {
      const { login } = context.settings.organization;
      // The description asks for a user and an enterprise in one here.
      const account = { name: login, slug: login, created_at: longAgo, updated_at: longAgo };
      const shown = installation(context);
      return list(context, [shown], (one) => ({ ...one, account: { ...one.account, ...account } }));
    },
    "GET /app/installations/{installation_id}": (context) => {
      theInstallation(context);
      return ok(installation(context));
    },
    "GET /orgs/{org}/installation": (context) => {
      theOrganization(context);
      return ok(installation(context));
    },
    "POST /app/installations/{installation_id}/access_tokens": (context) => {
      theInstallation(context);
      return tokenAnswer(context, installations, app().permissions);
    },
    "DELETE /installation/token": ({ caller }) => {
      if (caller.kind === "installation") installations.revoke(caller.token);
      return noContent;
    },
    "GET /installation/repositories": (context) => {
      const { state, caller } = context;
      const shown = state.repositories.filter((one) => one.ownerId === null && isWithin(caller, one));
      return listIn(context, "repositories", shown, (one) => fullRepository(context, one), {
        repository_selection: caller.kind === "installation" && caller.repositoryIds !== null ? "selected" : "all",
      });
    },
  };
}

/**
 * A token with all that the app was granted, or with the part that was asked for.
 *
 * @see https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
function tokenAnswer(context: Context, installations: Installations, granted: Permissions): Answer {
  const { body, state, now } = context;
  const asked = (body["permissions"] ?? granted) as Permissions;
  const isGranted = (name: string) =>
    granted[name] === asked[name] || granted[name] === "write" || granted[name] === "admin";
  if (!Object.keys(asked).every((name) => granted[name] !== undefined && isGranted(name))) {
    throw refuse.unprocessable("The permissions requested are not granted to this installation.");
  }
  const names = body["repositories"] as readonly string[] | undefined;
  const ids = body["repository_ids"] as readonly number[] | undefined;
  const meant = state.repositories.filter(
    (one) =>
      one.ownerId === null &&
      ((ids?.includes(one.id) ?? false) || (names?.some((name) => isSame(name, one.name)) ?? false)),
  );
  if (meant.length < new Set([...(names ?? []), ...(ids ?? [])]).size) {
    throw refuse.unprocessable(
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const isSelected = names !== undefined || ids !== undefined;
  const issued = installations.issue(asked, isSelected ? meant.map((one) => one.id) : null, now);
  return {
    status: 201,
    json: {
      token: issued.token,
      expires_at: timestamp(issued.expiresAt),
      permissions: asked,
      repository_selection: isSelected ? "selected" : "all",
      ...(isSelected ? { repositories: meant.map((one) => fullRepository(context, one)) } : {}),
    },
  };
}
