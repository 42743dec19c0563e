export { type FakeGithub, type FakeGithubOptions, type PlantedApp, startFakeGithub } from "./fake-github.ts";
export type { SecretPlace } from "./judge.ts";
export { type GithubThrottle, githubThrottles } from "./limits.ts";
export { type LeaverOptions, type PlantedLeaver, plantLeaver } from "./plant/leaver.ts";
export type { Planted, Plants } from "./plant/index.ts";
export type { Kind, Ref, RowId } from "./rows.ts";
export { subjectOf } from "./subjects.ts";
