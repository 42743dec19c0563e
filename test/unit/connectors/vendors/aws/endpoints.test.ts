import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import { iamOrigin, serviceOrigin } from "../../../../../connectors/vendors/aws/endpoints.ts";

const regions = [
  "us-east-1",
  "eu-central-1",
  "ap-southeast-2",
  "cn-north-1",
  "cn-northwest-1",
  "us-gov-west-1",
  "us-gov-east-1",
  "eusc-de-east-1",
  "us-iso-east-1",
  "us-isob-east-1",
];

/** Where the vendor's own SDK would go. */
function resolvedBySdk(client: IAMClient | STSClient, region: string): string {
  const { url } = client.config.endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false });
  return url.origin;
}

describe("the origins of a region", () => {
  it.each(regions)("T11 are those that the SDK calls: %s", (region) => {
    const options = { region, credentials: { accessKeyId: "a", secretAccessKey: "b" } };

    expect(iamOrigin({ region })).toBe(resolvedBySdk(new IAMClient(options), region));
    expect(serviceOrigin("sts", { region })).toBe(resolvedBySdk(new STSClient(options), region));
  });

  it("are the emulator's where one is set", () => {
    const place = { region: "eu-central-1", endpoint: "http://127.0.0.1:5000/path" };

    expect([iamOrigin(place), serviceOrigin("sts", place)]).toEqual(["http://127.0.0.1:5000", "http://127.0.0.1:5000"]);
  });
});
