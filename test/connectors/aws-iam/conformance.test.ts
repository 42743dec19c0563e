import { describeConformance } from "../conformance/describe-conformance.ts";
import { iamSubject } from "./world.ts";

// The vendor's SDK takes a few milliseconds for each call, and the eighth check makes tens of thousands.
const { jest } = import.meta as ImportMeta & { jest: { setTimeout(ms: number): void } };
jest.setTimeout(300_000);

describeConformance(iamSubject);
