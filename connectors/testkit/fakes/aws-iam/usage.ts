/** When and where a key was last used. */
export interface LastUse {
  readonly at: Date;
  readonly service: string;
  readonly region: string;
}

/** Last uses of access keys. Kept beside the store: using a key is no change of the account. */
export class Usage {
  readonly #uses = new Map<string, LastUse>();

  record(accessKeyId: string, use: LastUse): void {
    this.#uses.set(accessKeyId, use);
  }

  of(accessKeyId: string): LastUse | null {
    return this.#uses.get(accessKeyId) ?? null;
  }
}
