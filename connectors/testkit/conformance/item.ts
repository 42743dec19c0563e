/** One thing that gives access, as the connector should name it. */
export interface Item {
  kind: string;
  ref: string;
}

export function keyOf({ kind, ref }: Item): string {
  return `${kind}/${ref}`;
}
