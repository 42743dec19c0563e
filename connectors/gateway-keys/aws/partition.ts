/** First letters of a region's name, and how ARNs there begin. */
const partitions: readonly (readonly [prefix: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["eusc-", "aws-eusc"],
  ["us-isob-", "aws-iso-b"],
  ["us-iso-", "aws-iso"],
];

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  return partitions.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
}
