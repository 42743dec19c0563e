import type { z } from "zod";
import type { ConnectorShape, TargetConfig } from "./loaded.ts";
import { suggestion } from "./nearest.ts";
import { parseWith } from "./parse.ts";
import { describeFound } from "./problem.ts";
import type { ConfigProblem } from "./problem.ts";
import { repeated } from "./repeated.ts";
import type { SecretReader } from "./secrets.ts";
import type { target } from "./target.ts";
import { isLoopback, secretRefText } from "./values.ts";

type ParsedTarget = z.output<typeof target>;

export interface TargetLoaderDeps {
  connectors: readonly ConnectorShape[];
  reader: SecretReader;
  /** Makes the contract's own secret value of a text. */
  wrapSecret: (text: string) => unknown;
  /** False in a process that works on no targets: it must not hold their secrets (trust rule 16). */
  readSecrets: boolean;
}

/** Checks each target against its connector, and reads its secrets. Entries that are null failed before. */
export function loadTargets(
  targets: readonly (ParsedTarget | null)[],
  deps: TargetLoaderDeps,
): { targets: TargetConfig[]; problems: ConfigProblem[] } {
  const problems = repeated(
    targets,
    (target) => target.name,
    (index) => `targets[${index}].name`,
  );
  const loaded = targets.flatMap((target, index): TargetConfig[] => {
    if (target === null) return [];
    const connector = deps.connectors.find(({ id }) => id === target.connector);
    if (connector === undefined) {
      const known = deps.connectors.map(({ id }) => id);
      problems.push({
        path: `targets[${index}].connector`,
        found: describeFound(target.connector),
        expected: suggestion(target.connector, known),
      });
      return [];
    }
    const settings = parseWith(connector.settings, target.settings, ["targets", index, "settings"]);
    if (settings.ok) problems.push(...plainHttp(connector, settings.value, target, index));
    else problems.push(...settings.problems);
    const secrets = readSecrets(connector, target, index);
    const { settle, settings: _settings, secrets: _secrets, ...same } = target;
    return [
      {
        ...same,
        connectorVersion: connector.version,
        settings: settings.ok ? settings.value : null,
        secrets,
        secretRefs: Object.fromEntries(Object.entries(target.secrets).map(([name, ref]) => [name, secretRefText(ref)])),
        settleMs: settle ?? null,
      },
    ];
  });

  function readSecrets(connector: ConnectorShape, target: ParsedTarget, index: number): unknown {
    const values = Object.entries(target.secrets).map(([name, ref]) => {
      const path = `targets[${index}].secrets.${name}`;
      const text = deps.readSecrets ? (deps.reader.resolve(path, ref)?.value.reveal() ?? "") : "";
      return [name, deps.wrapSecret(text)] as const;
    });
    const parsed = parseWith(connector.secrets, Object.fromEntries(values), ["targets", index, "secrets"]);
    if (!parsed.ok) problems.push(...parsed.problems);
    return parsed.ok && deps.readSecrets ? parsed.value : null;
  }

  return { targets: loaded, problems };
}

/** Plain http beyond loopback shows every secret to the network; the operator must want it (design section 6). */
function plainHttp(connector: ConnectorShape, settings: unknown, target: ParsedTarget, index: number): ConfigProblem[] {
  if (target.insecure) return [];
  return connector
    .origins(settings as never)
    .filter((origin) => origin.startsWith("http:") && !isLoopback(new URL(origin).hostname))
    .map((origin) => ({
      path: `targets[${index}].settings`,
      found: `${origin}, plain http beyond loopback`,
      expected: `https, or insecure: true on target ${target.name}`,
    }));
}
