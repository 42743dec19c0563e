/**
 * Compares docs/api/openapi.json with what the code says; `--write` writes it. Part of `npm run check`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createDocument } from "zod-openapi";
import { describedOperations } from "../src/http/api/index.ts";
import { describeApi } from "../src/http/openapi.ts";

const file = new URL("../docs/api/openapi.json", import.meta.url);
const document = createDocument(describeApi(describedOperations()));
const text = `${JSON.stringify(document, null, 2)}\n`;

if (process.argv.includes("--write")) {
  await writeFile(file, text);
  console.log("docs/api/openapi.json written");
} else {
  const present = await readFile(file, "utf8").catch(() => "");
  if (present !== text) {
    console.error("docs/api/openapi.json is not what the code says; run: npm run api:check -- --write");
    process.exitCode = 1;
  }
}
