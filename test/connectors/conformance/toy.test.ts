import { checks } from "../../../connectors/testkit/conformance/index.ts";
import { describeConformance } from "./describe-conformance.ts";
import { toySubject } from "./toy/world.ts";

// The twentieth is teeth.test.ts.
describeConformance(
  toySubject,
  checks.filter(({ number }) => number !== 20),
);
