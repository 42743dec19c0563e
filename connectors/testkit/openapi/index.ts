export { checkerOf, type Violation } from "./check.ts";
export { type DescribedApi, type DescribedOperation, describeApi } from "./describe.ts";
