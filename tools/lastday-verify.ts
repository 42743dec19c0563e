/** Entry of the standalone verifier; `tools/build-verifier.ts` bundles it into one file. */
import { runStandalone } from "../src/cli/verify/standalone.ts";

process.exitCode = runStandalone(process.argv.slice(2), {
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
});
