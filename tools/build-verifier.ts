import { chmod } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Bundles the offline verifier into one readable file that needs Node and nothing else:
 * `node lastday-verify.mjs certificate.json --trust trust.json`.
 * Usage: tsx tools/build-verifier.ts [output file]
 */
const root = resolve(fileURLToPath(import.meta.url), "../..");
const output = resolve(process.argv[2] ?? resolve(root, "dist/lastday-verify.mjs"));

await build({
  entryPoints: [resolve(root, "tools/lastday-verify.ts")],
  outfile: output,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  banner: { js: "#!/usr/bin/env node" },
  logLevel: "warning",
});
await chmod(output, 0o755);
