/** What requests are signed with, as the SDK takes it. Never kept in anything but a closure. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

export type AwsCredentials = () => Promise<AwsKeys>;
