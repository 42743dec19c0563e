import { resolve } from "node:path";
import { z } from "zod";
import { readConfigFile } from "./config-file.ts";
import type { Environment } from "./environment.ts";
import { readOverrides } from "./overrides.ts";
import { parseWith } from "./parse.ts";
import { ConfigError } from "./problem.ts";
import { configSchema } from "./schema.ts";
import type { Listen } from "./values.ts";

/** What a client on the same machine needs to find the server. Reads no secret, so a plain shell can ask. */
export interface Connection {
  listen: Listen;
  basePath: string;
  isTls: boolean;
  dataDir: string;
}

/** @throws {ConfigError} when the file cannot be read, or these keys of it cannot be used. */
export function readConnection(options: { file?: string | undefined; env: Environment; cwd: string }): Connection {
  const document = readConfigFile(options);
  const { overrides, problems } = readOverrides(options.env, options.cwd);
  const { listen, dataDir, basePath } = configSchema.shape;
  const parsed = parseWith(z.object({ listen, dataDir, basePath, tls: z.unknown().optional() }), document.content);
  if (!parsed.ok || problems.length > 0)
    throw new ConfigError("config-invalid", "The configuration", parsed.ok ? problems : parsed.problems);
  return {
    listen: overrides.listen ?? parsed.value.listen,
    basePath: parsed.value.basePath ?? "",
    isTls: parsed.value.tls !== undefined,
    dataDir: overrides.dataDir ?? resolve(document.folder, parsed.value.dataDir),
  };
}
