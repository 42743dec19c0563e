import type pg from "pg";

/** A pool or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, "query"> | Pick<pg.Pool, "query">;

/** Rows of one statement. The row type states what the statement selects. */
export async function rows<Row>(client: Queryable, text: string, values: unknown[] = []): Promise<Row[]> {
  const result = await client.query(text, values);
  return result.rows as Row[];
}

/** The first row, or null. */
export async function row<Row>(client: Queryable, text: string, values: unknown[] = []): Promise<Row | null> {
  return (await rows<Row>(client, text, values))[0] ?? null;
}

/** Like `rows`, under a name: the server parses and plans the statement once per connection. For hot paths. */
export async function prepared<Row>(client: Queryable, name: string, text: string, values: unknown[]): Promise<Row[]> {
  const result = await client.query({ name, text, values });
  return result.rows as Row[];
}
