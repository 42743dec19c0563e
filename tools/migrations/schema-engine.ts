import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";

/** What it takes to get from one schema to another. */
export interface SchemaDiff {
  readonly equal: boolean;
  readonly sql: string;
}

/**
 * Asks Prisma's own schema engine, as WebAssembly from npm: no download, no database. Only `diff` works this way;
 * what would need a shadow database does not (docs/adr/0003).
 *
 * @param from the text of a schema.prisma; null for an empty database.
 */
export async function diffSchemas(from: string | null, to: string): Promise<SchemaDiff> {
  await loaded();
  const engine = await glue.SchemaEngine.new({ datamodels: [["schema.prisma", to]] }, () => undefined, noDatabase);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: from === null ? { tag: "empty" } : datamodel(from),
      to: datamodel(to),
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return { equal: exitCode === 0, sql: stdout ?? "" };
  } finally {
    engine.free();
  }
}

function datamodel(content: string): glue.DiffTarget {
  return { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] };
}

let ready: Promise<void> | null = null;

function loaded(): Promise<void> {
  ready ??= load();
  return ready;
}

/** By hand: Node 20 cannot import a .wasm file, as the package's own entry does. */
async function load(): Promise<void> {
  const script = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(script.replace(/\.js$/, ".wasm"));
  const { instance } = await wasm.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

interface WebAssemblyGlobal {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
}
/** Without TypeScript's DOM library the global has no type. */
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyGlobal };

/** The engine asks a database for its version before it compares; nothing else is ever asked of this one. */
const result = (value: unknown) => ({ ok: true, value });
const noConnection = {
  provider: "postgres",
  adapterName: "none",
  getConnectionInfo: () => result({ schemaName: "public", supportsRelationJoins: true }),
  queryRaw: () => Promise.resolve(result({ columnNames: ["version"], columnTypes: [7], rows: [["PostgreSQL 16.0"]] })),
  executeRaw: () => Promise.resolve(result(0)),
  executeScript: () => Promise.resolve(result(undefined)),
  dispose: () => Promise.resolve(result(undefined)),
};
const noDatabase = {
  provider: "postgres",
  adapterName: "none",
  errorRegistry: { consumeError: () => undefined },
  connect: () => Promise.resolve(result(noConnection)),
  connectToShadowDb: () => Promise.resolve(result(noConnection)),
};
