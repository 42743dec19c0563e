export { type FakeToy, startFakeToy } from "./fake-toy.ts";
export type { Planted } from "./plant.ts";
