import { describeConformance } from "../conformance/describe-conformance.ts";
import { iamSubject } from "./world.ts";

describeConformance(iamSubject);
