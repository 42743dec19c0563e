import type { Secret } from "../../../connectors/contract/secret.ts";
import { ciSecrets } from "../../../connectors/ci-secrets/index.ts";
import type { CiSession } from "../../../connectors/ci-secrets/open.ts";
import type { Finding, Outcome } from "../../../src/domain/access.ts";
import type { RotationState } from "../../../src/domain/rotation.ts";
import { rotateItem } from "../../../src/stages/revoke/rotate-item.ts";

/** What the engine's database would hold of one rotation. */
export class StoredRotation {
  state: RotationState | null = null;
  readonly sealed = new Map<string, Secret>();
  #tokens = 0;
  #goes = 0;

  /** Goes on from what is stored, as the engine does, until it ends or throws. */
  async go(session: CiSession, finding: Finding, now: () => Date = () => new Date()): Promise<Outcome> {
    this.#goes += 1;
    const mayHaveWritten = this.#goes > 1;
    const target = { name: "ci", connector: ciSecrets as never, session };
    return rotateItem(target, finding, this.state, {
      newToken: () => `token-${(this.#tokens += 1)}`,
      now,
      commit: async (state) => {
        this.state = state;
      },
      firstWriteAt: async ({ since }) => (mayHaveWritten ? new Date(since) : null),
      seal: async (token, { ref, value }) => void this.sealed.set(`${token}/${ref}`, value),
      open: async (token, ref) => this.sealed.get(`${token}/${ref}`) ?? null,
      fault: async () => undefined,
    });
  }
}
