export { type FakeKong, type FakeKongOptions, startFakeKong } from "./fake-kong.ts";
