import { describeConformance } from "../conformance/describe-conformance.ts";
import { githubSubject } from "./world.ts";

describeConformance(githubSubject);
