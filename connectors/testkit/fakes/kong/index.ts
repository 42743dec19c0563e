export { type FakeKong, type FakeKongOptions, startFakeKong } from "./fake-kong.ts";
export type { DataPlaneOptions, Lag } from "./data-planes.ts";
export type { PlantConsumer, PlantedConsumer } from "./plant.ts";
export type { KongLies, Span } from "./lies.ts";
