import { describeConformance } from "../conformance/describe-conformance.ts";
import { ciSecretsSubject } from "./conformance-world.ts";

describeConformance(ciSecretsSubject);
