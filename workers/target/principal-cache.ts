import type { Principal } from "../../connectors/contract/connector.ts";
import type { OpenTarget } from "../../src/stages/session.ts";

/** How long a listing of all principals serves the cases of a batch. A link or a look never uses it. */
const freshForMs = 30_000;

/** The principals of each target, listed once for the many cases of a batch rather than once for each. */
export interface PrincipalCache {
  list(target: OpenTarget): Promise<readonly Principal[] | "incomplete">;
}

export function createPrincipalCache(monotonicMs: () => number = () => performance.now()): PrincipalCache {
  const known = new Map<string, { at: number; listing: Promise<readonly Principal[] | "incomplete"> }>();
  return {
    list(target) {
      const cached = known.get(target.name);
      if (cached !== undefined && monotonicMs() - cached.at < freshForMs) return cached.listing;
      const listing = listAll(target);
      known.set(target.name, { at: monotonicMs(), listing });
      // A failed or partial listing serves nobody else.
      listing.then(
        (whole) => whole === "incomplete" && known.delete(target.name),
        () => known.delete(target.name),
      );
      return listing;
    },
  };
}

async function listAll({ connector, session }: OpenTarget): Promise<readonly Principal[] | "incomplete"> {
  const principals: Principal[] = [];
  for await (const page of connector.accounts(session)) {
    principals.push(...page.items);
    if (!page.complete) return "incomplete";
  }
  return principals;
}
