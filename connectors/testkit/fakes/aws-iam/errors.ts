/**
 * An answer other than success, thrown to the protocol.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
export class AwsRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "AwsRefusal";
    this.status = status;
    this.code = code;
  }
}

const of = (status: number, code: string) => (message: string) => new AwsRefusal(status, code, message);

/** The codes of the reference, each with its HTTP status: the "Errors" section of each action. */
export const refuse = {
  noSuchEntity: of(404, "NoSuchEntity"),
  alreadyExists: of(409, "EntityAlreadyExists"),
  deleteConflict: of(409, "DeleteConflict"),
  limitExceeded: of(409, "LimitExceeded"),
  temporarilyUnmodifiable: of(409, "EntityTemporarilyUnmodifiable"),
  unmodifiable: of(400, "UnmodifiableEntity"),
  validation: of(400, "ValidationError"),
  invalidInput: of(400, "InvalidInput"),
  malformedPolicy: of(400, "MalformedPolicyDocument"),
  malformedCertificate: of(400, "MalformedCertificate"),
  duplicateCertificate: of(409, "DuplicateCertificate"),
  invalidPublicKey: of(400, "InvalidPublicKey"),
  duplicateSshKey: of(400, "DuplicateSSHPublicKey"),
  notSupportedService: of(404, "NotSupportedService"),
  invalidCode: of(403, "InvalidAuthenticationCode"),
  accessDenied: of(403, "AccessDenied"),
  invalidAction: of(400, "InvalidAction"),

  throttled: () => new AwsRefusal(400, "Throttling", "Rate exceeded"),
  /** For keys that are unknown, deleted or inactive alike: https://repost.aws/knowledge-center/iam-credentials-token */
  invalidToken: () =>
    new AwsRefusal(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
  expiredToken: () => new AwsRefusal(403, "ExpiredToken", "The security token included in the request is expired"),
  missingToken: () => new AwsRefusal(403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
  incompleteSignature: () =>
    new AwsRefusal(400, "IncompleteSignature", "The request signature does not conform to AWS standards."),
  requestExpired: () => new AwsRefusal(400, "RequestExpired", "Request has expired."),
  wrongSignature: () =>
    new AwsRefusal(
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    ),
};
