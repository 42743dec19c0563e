import type { Kind, Row, State, Tables } from "./rows.ts";
import { kindsOf } from "./world.ts";

/** Whose a row is; kinds that are nobody's are not there. */
const owners: { readonly [K in Kind]?: (row: Tables[K], state: State) => number | null } = {
  users: (row) => row.id,
  memberships: (row) => row.id,
  enterpriseTeamMembers: (row) => row.userId,
  repositories: (row) => row.ownerId,
  collaborators: (row) => row.userId,
  repositoryInvitations: (row) => row.inviteeId,
  organizationInvitations: (row, state) => row.userId ?? state.users.find((one) => one.email === row.email)?.id ?? null,
  teamMembers: (row) => row.userId,
  organizationRoleUsers: (row) => row.userId,
  deployKeys: (row) => row.addedById,
  runners: (row) => row.setUpById,
  tokens: (row) => row.userId,
  sshKeys: (row) => row.userId,
  credentialAuthorizations: (row) => row.userId,
  grants: (row, state) => tokenOwner(state, row.tokenId),
  grantRequests: (row, state) => tokenOwner(state, row.tokenId),
  externalIdentities: (row) => row.userId,
  scimUsers: (row) => row.userId,
};

export function ownerOf(state: State, kind: Kind, row: Row): number | null {
  const read = owners[kind] as ((row: Row, state: State) => number | null) | undefined;
  return read?.(row, state) ?? null;
}

/** All that is a user's, by kind, in order of id. */
export function belongings(state: State, userId: number): { kind: Kind; rows: readonly Row[] }[] {
  return kindsOf(state).flatMap((kind) => {
    const rows: readonly Row[] = state[kind];
    const own = rows.filter((row) => ownerOf(state, kind, row) === userId);
    return own.length === 0 ? [] : [{ kind, rows: own.sort((a, b) => (a.id < b.id ? -1 : 1)) }];
  });
}

function tokenOwner(state: State, tokenId: number): number | null {
  return state.tokens.find((one) => one.id === tokenId)?.userId ?? null;
}
