import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

/** Writes a generated page, or with `--check` on the command line compares it: exit 1 when they differ. */
export async function writePage(page: string, text: string, generator: string): Promise<void> {
  const file = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  const wanted = await format(text, { parser: "markdown", printWidth: 120 });
  if (!process.argv.includes("--check")) return writeFileSync(file, wanted);
  let present = "";
  try {
    present = readFileSync(file, "utf8");
  } catch {
    // a page that is not there differs
  }
  if (present === wanted) return;
  console.error(`${page} differs from the code: run npx tsx ${generator}`);
  process.exitCode = 1;
}
