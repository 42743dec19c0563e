import type { Principal } from "../../connectors/contract/connector.ts";
import type { OpenTarget } from "../../src/stages/session.ts";

/** How long a listing of all principals serves the cases of a batch. A link or a look never uses it. */
const freshForMs = 30_000;

export interface Listing {
  /** The database's time when it began. */
  startedAt: Date;
  principals: readonly Principal[] | "incomplete";
}

/** The principals of each target, listed once for the many cases of a batch rather than once for each. */
export interface PrincipalCache {
  /**
   * A listing that began after `since`, when the case did: an earlier one cannot show the account that the leaver was
   * given last, and would be taken for proof that there is none. The cases of a batch open before they are worked on,
   * so they still share one.
   */
  list(target: OpenTarget, at: { now: Date; since: Date }): Promise<Listing>;
}

interface Known {
  startedAt: Date;
  monotonicMs: number;
  listing: Promise<Listing>;
}

export function createPrincipalCache(monotonicMs: () => number = () => performance.now()): PrincipalCache {
  const known = new Map<string, Known>();

  function isFresh({ startedAt, monotonicMs: began }: Known, since: Date): boolean {
    return startedAt.getTime() > since.getTime() && monotonicMs() - began < freshForMs;
  }

  return {
    list(target, { now, since }) {
      const cached = known.get(target.name);
      if (cached !== undefined && isFresh(cached, since)) return cached.listing;
      const listing = listAll(target).then((principals) => ({ startedAt: now, principals }));
      const entry = { startedAt: now, monotonicMs: monotonicMs(), listing };
      known.set(target.name, entry);
      // A failed or partial listing serves nobody else.
      const forget = (): boolean => known.get(target.name) === entry && known.delete(target.name);
      listing.then(({ principals }) => principals === "incomplete" && forget(), forget);
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
