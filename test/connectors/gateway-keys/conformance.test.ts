import { describeConformance } from "../conformance/describe-conformance.ts";
import { kongSubject } from "./world.ts";

describeConformance(kongSubject);
