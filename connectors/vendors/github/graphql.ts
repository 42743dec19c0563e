import { z } from "zod";
import { GraphqlRefusal } from "./graphql-refusal.ts";

/** Where GraphQL is asked: beside the REST API, and on GitHub Enterprise Server not below its `/v3`. */
export function graphqlUrlOf(baseUrl: string): string {
  const root = baseUrl.replace(/\/+$/, "");
  return `${root.replace(/\/api\/v3$/, "/api")}/graphql`;
}

/**
 * The data of a GraphQL answer.
 * @throws {GraphqlRefusal} when it names an error, even beside data: half an answer proves nothing.
 */
export function dataOf(answer: unknown): unknown {
  const read = envelope.safeParse(answer);
  if (!read.success) return answer; // another shape than documented, which the caller's schema then says
  if (read.data.errors !== undefined && read.data.errors.length > 0) throw new GraphqlRefusal(read.data.errors);
  return read.data.data;
}

const envelope = z.object({ data: z.unknown(), errors: z.array(z.unknown()).optional() });
