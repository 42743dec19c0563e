import type { Kind } from "../../contract/connector.ts";
import type { GithubDeps } from "../deps.ts";
import { invitationIdOf } from "../invitations.ts";
import { classicToken } from "./classic-token.ts";
import { deployKey } from "./deploy-key.ts";
import { fineGrainedToken, tokenRequest } from "./fine-grained-token.ts";
import { organizationInvitation } from "./organization-invitation.ts";
import { organizationMembership } from "./organization-membership.ts";
import { organizationRole } from "./organization-role.ts";
import { repositoryCollaborator } from "./repository-collaborator.ts";
import { repositoryInvitation } from "./repository-invitation.ts";
import { runner } from "./runner.ts";
import { ssoAuthorization } from "./sso-authorization.ts";
import { teamMembership } from "./team-membership.ts";

/** Every kind, in the order in which they end unless `after` says otherwise. */
export const kinds = {
  "sso-authorization": ofUsers(ssoAuthorization),
  "fine-grained-token": ofUsers(fineGrainedToken),
  "token-request": ofUsers(tokenRequest),
  "org-role": ofUsers(organizationRole),
  "team-membership": ofUsers(teamMembership),
  "org-invitation": organizationInvitation,
  "org-membership": ofUsers(organizationMembership),
  "repo-collaborator": ofUsers(repositoryCollaborator),
  "repo-invitation": ofUsers(repositoryInvitation),
  "deploy-key": ofUsers(deployKey),
  runner: ofUsers(runner),
  "classic-token": ofUsers(classicToken),
} satisfies Record<string, Kind<GithubDeps>>;

/** What only a user can hold. Somebody invited by address is no user yet, and holds nothing of it. */
function ofUsers(kind: Kind<GithubDeps>): Kind<GithubDeps> {
  return {
    ...kind,
    async *discover(deps, account, known) {
      if (invitationIdOf(account.id) === null) yield* kind.discover(deps, account, known);
      else yield { items: [], complete: true };
    },
  };
}
