import { checks } from "../../../connectors/testkit/conformance/index.ts";
import { describeChecks } from "./describe-conformance.ts";
import { toySubject } from "./toy/world.ts";

// The twentieth is teeth.test.ts.
describeChecks(
  toySubject,
  checks.filter(({ number }) => number !== 20),
);
