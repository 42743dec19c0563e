export { loadConfig } from "./load.ts";
export type { LoadConfigOptions } from "./load.ts";
export { environmentVariables, processEnvironment } from "./environment.ts";
export type { Environment } from "./environment.ts";
export { ConfigError } from "./problem.ts";
export type { ConfigProblem, ConfigWarning } from "./problem.ts";
export { SecretText } from "./secret-text.ts";
export { readConnection } from "./connection.ts";
export type { Connection } from "./connection.ts";
export { formatDuration, isLoopback, parseDuration } from "./values.ts";
export type { Listen } from "./values.ts";
export type {
  ConnectorShape,
  LoadedConfig,
  LogLevel,
  MatchRule,
  PolicyConfig,
  SourceConfig,
  TargetConfig,
} from "./loaded.ts";
export type { ResolvedSecret } from "./secrets.ts";
export { faultFrom } from "./fault.ts";
