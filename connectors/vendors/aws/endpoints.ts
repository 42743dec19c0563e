/** Where a client calls: a region, or an emulator in its place. */
export interface AwsPlace {
  region: string;
  /** Takes the place of every AWS service; for emulators only. */
  endpoint?: string | undefined;
}

interface Partition {
  regions: RegExp;
  suffix: string;
  /** IAM has one endpoint in each partition. */
  iam: string;
}

const standard: Partition = { regions: /^/, suffix: "amazonaws.com", iam: "iam.amazonaws.com" };

/**
 * Partitions are worlds of their own: other domains, other accounts.
 * @see https://docs.aws.amazon.com/general/latest/gr/iam-service.html
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
const partitions: readonly Partition[] = [
  { regions: /^cn-/, suffix: "amazonaws.com.cn", iam: "iam.cn-north-1.amazonaws.com.cn" },
  { regions: /^us-gov-/, suffix: "amazonaws.com", iam: "iam.us-gov.amazonaws.com" },
  { regions: /^eusc-/, suffix: "amazonaws.eu", iam: "iam.eusc-de-east-1.amazonaws.eu" },
  { regions: /^us-iso-/, suffix: "c2s.ic.gov", iam: "iam.us-iso-east-1.c2s.ic.gov" },
  { regions: /^us-isob-/, suffix: "sc2s.sgov.gov", iam: "iam.us-isob-east-1.sc2s.sgov.gov" },
];

/** The origin of IAM as the vendor's SDK resolves it for a region; a test holds the two together. */
export function iamOrigin(place: AwsPlace): string {
  return originOf(place, ({ iam }) => iam);
}

/** The origin of a regional service (`sts`, `apigateway`) as the vendor's SDK resolves it. */
export function serviceOrigin(service: string, place: AwsPlace): string {
  return originOf(place, ({ suffix }) => `${service}.${place.region}.${suffix}`);
}

function originOf({ region, endpoint }: AwsPlace, hostOf: (partition: Partition) => string): string {
  if (endpoint !== undefined) return new URL(endpoint).origin;
  return `https://${hostOf(partitions.find(({ regions }) => regions.test(region)) ?? standard)}`;
}
