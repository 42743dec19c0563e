export { openGithubApi } from "./api.ts";
export type { GithubApi } from "./api.ts";
export { credentialReads } from "./credential.ts";
export type { Credential } from "./credential.ts";
export { ownScopesOf } from "./missing-permission.ts";
export { covers, permissionNames } from "./permission-names.ts";
export type { PermissionName } from "./permission-names.ts";
export { appNamedInPart, githubLimits, githubSecrets, githubSettings, namesAppWhole } from "./settings.ts";
export type { GithubSecrets, GithubSettings } from "./settings.ts";
