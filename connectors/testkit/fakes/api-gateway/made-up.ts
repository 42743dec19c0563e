import { randomInt } from "node:crypto";
import type { Make } from "./asked.ts";
import type { World } from "./world.ts";

const small = "abcdefghijklmnopqrstuvwxyz0123456789";
const large = `${small}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/** Ids of 10 characters, values of 40, as the real ones look. */
export const make: Make = {
  id: () => textOf(small, 10),
  value: () => textOf(large, 40),
};

/** A region with one REST API and no keys. */
export function emptyWorld(stages: readonly string[], createdDate: number): World {
  const api = { id: make.id(), name: "orders", createdDate, stages };
  return { api, keys: new Map(), plans: new Map(), members: [] };
}

function textOf(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
