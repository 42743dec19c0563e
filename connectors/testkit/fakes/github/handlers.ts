import type { Installations } from "./callers.ts";
import type { Handlers } from "./context.ts";
import { appFamily } from "./families/app.ts";
import { collaborators } from "./families/collaborators.ts";
import { credentialAuthorizations } from "./families/credential-authorizations.ts";
import { deployKeys } from "./families/deploy-keys.ts";
import { enterpriseTeams } from "./families/enterprise-teams.ts";
import { environments } from "./families/environments.ts";
import { invitations } from "./families/invitations.ts";
import { members } from "./families/members.ts";
import { organizationRoles } from "./families/organization-roles.ts";
import { personalAccessTokens } from "./families/personal-access-tokens.ts";
import { repositories } from "./families/repositories.ts";
import { runners } from "./families/runners.ts";
import { scim } from "./families/scim.ts";
import { secretsFamily } from "./families/secrets.ts";
import { teams } from "./families/teams.ts";
import { users } from "./families/users.ts";
import type { SealedBoxes } from "./sealed-boxes.ts";

/** Every operation with its answer. The rate limit is answered by the server, which counts. */
export function handlersOf(installations: Installations, boxes: SealedBoxes): Handlers {
  return {
    ...appFamily(installations),
    ...users,
    ...members,
    ...invitations,
    ...organizationRoles,
    ...teams,
    ...enterpriseTeams,
    ...repositories,
    ...collaborators,
    ...deployKeys,
    ...credentialAuthorizations,
    ...personalAccessTokens,
    ...runners,
    ...scim,
    ...secretsFamily(boxes),
    ...environments,
  };
}
