import { Client } from "pg";

/** What a database is made of: the name of each thing, and its definition as PostgreSQL prints it. */
export type Catalog = ReadonlyMap<string, string>;

/** Tables, columns, enums, constraints and indexes of the schema `public`, without Prisma's own table. */
export async function readCatalog(url: string): Promise<Catalog> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; definition: string }>(catalogQuery);
    return new Map(rows.map(({ name, definition }) => [name, definition]));
  } finally {
    await client.end();
  }
}

const catalogQuery = `
  with tables as (
    select c.oid, c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'
  )
  select 'table ' || relname as name, 'a table' as definition from tables
  union all
  select 'column ' || t.relname || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end
      || case when a.attidentity <> '' then ' identity ' || a.attidentity::text else '' end
      || case when a.attgenerated <> '' then ' generated ' || a.attgenerated::text else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
  from tables t
  join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
  union all
  select 'constraint ' || t.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
  from tables t join pg_constraint k on k.conrelid = t.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
  union all
  select 'index ' || i.relname, pg_get_indexdef(i.oid)
  from tables t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
  union all
  select 'enum ' || t.typname, string_agg(e.enumlabel, ', ' order by e.enumsortorder)
  from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = 'public'::regnamespace group by t.typname
  order by 1`;

/**
 * Where the migrated database is not what the schema describes. Constraints and indexes that only the migrations have
 * are no difference: checks and partial indexes have no spelling in Prisma.
 */
export function differences(migrated: Catalog, described: Catalog): string[] {
  const wrong = [...described].flatMap(([name, definition]) => {
    const actual = migrated.get(name);
    if (actual === definition) return [];
    return [
      `${name}: the schema says "${definition}", the migrations ${actual === undefined ? "lack it" : `make it "${actual}"`}`,
    ];
  });
  const undescribed = [...migrated.keys()].filter((name) => !described.has(name) && !/^(constraint|index) /.test(name));
  return [...wrong, ...undescribed.map((name) => `${name}: the migrations make it, the schema does not know it`)];
}
