import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../domain/ports.ts";

const idleMs = 60 * 60 * 1000;
export const sessionLifetimeMs = 12 * 60 * 60 * 1000;
const maxSessions = 1_000;

interface Session {
  tokenId: string;
  openedAt: number;
  seenAt: number;
}

/**
 * Sessions of the page: opened with a token, ended by sign-out, an hour without use, or twelve hours. Kept in this
 * process under the SHA-256 of their secret; each request looks its token up again, so revoking the token ends the
 * session at once. A restart signs everybody out.
 */
export interface Sessions {
  /** A fresh secret for the cookie, never one that the browser brought along (T35). */
  open(tokenId: string): string;
  /** The token the session was opened with, or null. Counts as use. */
  find(secret: string): string | null;
  close(secret: string): void;
}

export function createSessions({ clock }: { clock: Clock }): Sessions {
  const sessions = new Map<string, Session>();

  function isLive(session: Session, now: number): boolean {
    return now - session.seenAt < idleMs && now - session.openedAt < sessionLifetimeMs;
  }

  function makeRoom(now: number): void {
    for (const [key, session] of sessions) if (!isLive(session, now)) sessions.delete(key);
    const oldest = sessions.keys().next();
    if (sessions.size >= maxSessions && oldest.done !== true) sessions.delete(oldest.value);
  }

  return {
    open(tokenId) {
      const now = clock().getTime();
      makeRoom(now);
      const secret = randomBytes(32).toString("base64url");
      sessions.set(digestOf(secret), { tokenId, openedAt: now, seenAt: now });
      return secret;
    },
    find(secret) {
      const now = clock().getTime();
      const key = digestOf(secret);
      const session = sessions.get(key);
      if (session === undefined) return null;
      if (!isLive(session, now)) {
        sessions.delete(key);
        return null;
      }
      session.seenAt = now;
      return session.tokenId;
    },
    close(secret) {
      sessions.delete(digestOf(secret));
    },
  };
}

function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
