export { type FakeAwsIam, type FakeAwsIamOptions, startFakeAwsIam } from "./fake-aws-iam.ts";
export { onAction } from "./matchers.ts";
export { plantLeaver } from "./plant-leaver.ts";
