import { checks } from "../../../connectors/testkit/conformance/index.ts";
import { describeConformance } from "../conformance/describe-conformance.ts";
import { ciSecretsSubject } from "./conformance-world.ts";

/** Tries only kinds that are ended one by one, of which there are none here; rotation.test.ts tries looks for freshness. */
const freshLooks = 17;

describeConformance(
  ciSecretsSubject,
  checks.filter(({ number }) => number !== freshLooks),
);
