import { defineConfig } from "prisma/config";

/** The URL is never used: the client gets its connection from the launcher, migrations run in src/store/migrations. */
export default defineConfig({
  schema: "prisma/schema.prisma",
  datasource: { url: "postgresql://unused.invalid/unused" },
});
