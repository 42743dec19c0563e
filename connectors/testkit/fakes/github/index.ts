export { type FakeGithub, type PlantedApp, startFakeGithub } from "./fake-github.ts";
export { githubThrottles } from "./limits.ts";
export type { FakeGithubOptions } from "./options.ts";
export type { Plants } from "./plant/index.ts";
export { plantLeaver } from "./plant/leaver.ts";
export type { Kind, Ref, RowId } from "./rows.ts";
export { subjectOf } from "./subjects.ts";
