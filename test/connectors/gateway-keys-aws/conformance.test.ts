import { describeConformance } from "../conformance/describe-conformance.ts";
import { apiGatewaySubject } from "./world.ts";

describeConformance(apiGatewaySubject);
