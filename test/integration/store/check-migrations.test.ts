import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkMigrations } from "../../../tools/migrations/check.ts";
import { createMigration } from "../../../tools/migrations/create.ts";
import { useDatabase } from "../../support/database.ts";

const database = useDatabase({ migrated: false });
let folder: string;
const now = new Date("2027-03-04T05:06:07Z");

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "lastday-migrations-")), "migrations");
});

afterEach(async () => {
  await rm(join(folder, ".."), { recursive: true, force: true });
});

const head = `generator client {
  provider = "prisma-client"
  output   = "unused"
}
datasource db {
  provider = "postgresql"
}
`;
const schema = `${head}
model Thing {
  id    String   @id @db.Uuid
  label String   @unique
  size  Int      @default(3)
  at    DateTime @default(now()) @db.Timestamptz(3)
  parts Part[]
  @@map("thing")
}
model Part {
  id      Int    @id @default(autoincrement())
  thingId String @map("thing_id") @db.Uuid
  kind    Kind
  thing   Thing  @relation(fields: [thingId], references: [id])
  @@index([kind])
  @@map("part")
}
enum Kind {
  small
  large
}
`;
const create = (text: string, name: string, empty = false) =>
  createMigration({ folder, schema: text, name, empty, now });
const check = (text: string) => checkMigrations({ folder, schema: text, adminUrl: database.adminUrl });
const editSql = async (migration: string, edit: (sql: string) => string): Promise<void> => {
  const path = join(migration, "migration.sql");
  await writeFile(path, edit(await readFile(path, "utf8")));
};

describe("createMigration", () => {
  it("writes folders in Prisma's layout, each from the snapshot of the last", async () => {
    const first = await create(schema, "first_things");
    const second = await create(schema.replace("label String ", "label String?"), "label_optional");

    expect([first, second]).toEqual([
      join(folder, "20270304050607_first_things"),
      join(folder, "20270304050608_label_optional"),
    ]);
    expect(await readFile(join(first, "migration.sql"), "utf8")).toContain('CREATE TABLE "thing"');
    expect(await readFile(join(second, "migration.sql"), "utf8")).toContain('ALTER COLUMN "label" DROP NOT NULL');
    expect(await readFile(join(folder, "migration_lock.toml"), "utf8")).toContain('provider = "postgresql"');
  });

  it.each([
    { name: "a schema that has not changed", migration: "again", message: /--empty/ },
    { name: "a name with blanks", migration: "two words", message: /no migration name/ },
    { name: "a name that leaves the folder", migration: "../evil", message: /no migration name/ },
  ])("refuses $name", async ({ migration, message }) => {
    await create(schema, "first_things");

    await expect(create(schema, migration)).rejects.toThrow(message);
  });

  it("refuses to guess where a lost snapshot stood", async () => {
    const first = await create(schema, "first_things");
    await rm(join(first, "schema.prisma"));

    await expect(create(schema, "second_things")).rejects.toThrow(/schema\.prisma is missing/);
  });
});

describe("checkMigrations", () => {
  it("is content with what create wrote, and with checks, triggers and partial indexes on top", async () => {
    await create(schema, "first_things");
    const extra = await create(schema, "by_hand", true);
    await editSql(
      extra,
      (sql) => `${sql}
      alter table thing add constraint size_is_positive check (size > 0);
      create unique index thing_one_large on thing (size) where size > 100;
      create function refuse() returns trigger language plpgsql as 'begin return null; end';
      create trigger refuse before delete on thing for each row execute function refuse();`,
    );

    expect(await check(schema)).toEqual([]);
  });

  it.each([
    {
      name: "a column lacks",
      from: '"size" INTEGER NOT NULL DEFAULT 3,',
      to: "",
      complaint: /column thing\.size: .* lack it/,
    },
    { name: "a type differs", from: '"size" INTEGER', to: '"size" BIGINT', complaint: /column thing\.size: .*bigint/ },
    { name: "a default differs", from: "DEFAULT 3", to: "DEFAULT 4", complaint: /column thing\.size: .*default 4/ },
    {
      name: "a column may be null",
      from: '"label" TEXT NOT NULL',
      to: '"label" TEXT',
      complaint: /column thing\.label/,
    },
    {
      name: "a unique index lacks",
      from: 'CREATE UNIQUE INDEX "thing_label_key" ON "thing"("label");',
      to: "",
      complaint: /index thing_label_key: .* lack it/,
    },
    {
      name: "an index is on another column",
      from: 'ON "part"("kind")',
      to: 'ON "part"("thing_id")',
      complaint: /index part_kind_idx/,
    },
    {
      name: "a foreign key behaves otherwise",
      from: "ON DELETE RESTRICT",
      to: "ON DELETE CASCADE",
      complaint: /constraint part\.part_thing_id_fkey/,
    },
    { name: "an enum has another value", from: "'large'", to: "'huge'", complaint: /enum Kind: .*small, huge/ },
    {
      name: "there is a column too many",
      from: '"label" TEXT',
      to: '"stray" TEXT, "label" TEXT',
      complaint: /column thing\.stray: .* does not know it/,
    },
    {
      name: "there is a table too many",
      from: "-- CreateIndex",
      to: "create table stray (id int);\n-- CreateIndex",
      complaint: /table stray: .* does not know it/,
    },
  ])("notices by hand-edited SQL that $name", async ({ from, to, complaint }) => {
    const first = await create(schema, "first_things");
    await editSql(first, (sql) => {
      expect(sql).toContain(from);
      return sql.replace(from, to);
    });

    const complaints = await check(schema);

    expect(complaints).toEqual(expect.arrayContaining([expect.stringMatching(complaint)]));
  });

  it("notices a schema that was changed without a migration, and prints what is missing", async () => {
    await create(schema, "first_things");

    const complaints = await check(schema.replace("size  Int ", "size  BigInt "));

    expect(complaints.join("\n")).toMatch(
      /schema\.prisma has changed since 20270304050607_first_things[^]*ALTER COLUMN "size" SET DATA TYPE BIGINT/,
    );
  });

  it("asks for the first migration", async () => {
    await mkdir(folder, { recursive: true });

    expect(await check(schema)).toEqual([expect.stringContaining("There is no migration")]);
  });
});
