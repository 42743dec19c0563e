import type { TargetReply } from "../contract/http.ts";
import type { IamCallDeps } from "./reads.ts";
import { nothing } from "./schema.ts";

/** What became of a change: NoSuchEntity is `absent`. */
export type Change = "done" | "absent";
export type Status = "Active" | "Inactive";

/**
 * One method per operation that changes something.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
 */
export function createWrites({ sdk, client, call }: Pick<IamCallDeps, "sdk" | "client" | "call">) {
  const change = { client, schema: nothing, expect: ["NoSuchEntity"] };

  async function changeOf(asked: Promise<TargetReply<object, string>>): Promise<Change> {
    return (await asked).problem === null ? "done" : "absent";
  }

  return {
    /** `no-room`: the inline policies of a user may have 2,048 characters together. */
    async putUserPolicy(UserName: string, PolicyName: string, PolicyDocument: string): Promise<Change | "no-room"> {
      const command = new sdk.PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument });
      const { problem } = await call({ ...change, command, expect: ["NoSuchEntity", "LimitExceeded"] });
      return problem === "LimitExceeded" ? "no-room" : problem === null ? "done" : "absent";
    },
    deleteUserPolicy: (UserName: string, PolicyName: string) =>
      changeOf(call({ ...change, command: new sdk.DeleteUserPolicyCommand({ UserName, PolicyName }) })),

    updateAccessKey: (UserName: string, AccessKeyId: string, Status: Status) =>
      changeOf(call({ ...change, command: new sdk.UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }) })),
    deleteAccessKey: (UserName: string, AccessKeyId: string) =>
      changeOf(call({ ...change, command: new sdk.DeleteAccessKeyCommand({ UserName, AccessKeyId }) })),

    updateServiceCredential(UserName: string, ServiceSpecificCredentialId: string, Status: Status) {
      const input = { UserName, ServiceSpecificCredentialId, Status };
      return changeOf(call({ ...change, command: new sdk.UpdateServiceSpecificCredentialCommand(input) }));
    },
    deleteServiceCredential(UserName: string, ServiceSpecificCredentialId: string) {
      const input = { UserName, ServiceSpecificCredentialId };
      return changeOf(call({ ...change, command: new sdk.DeleteServiceSpecificCredentialCommand(input) }));
    },

    updateSshPublicKey: (UserName: string, SSHPublicKeyId: string, Status: Status) =>
      changeOf(call({ ...change, command: new sdk.UpdateSSHPublicKeyCommand({ UserName, SSHPublicKeyId, Status }) })),
    deleteSshPublicKey: (UserName: string, SSHPublicKeyId: string) =>
      changeOf(call({ ...change, command: new sdk.DeleteSSHPublicKeyCommand({ UserName, SSHPublicKeyId }) })),

    updateSigningCertificate(UserName: string, CertificateId: string, Status: Status) {
      const input = { UserName, CertificateId, Status };
      return changeOf(call({ ...change, command: new sdk.UpdateSigningCertificateCommand(input) }));
    },
    deleteSigningCertificate: (UserName: string, CertificateId: string) =>
      changeOf(call({ ...change, command: new sdk.DeleteSigningCertificateCommand({ UserName, CertificateId }) })),

    deleteLoginProfile: (UserName: string) =>
      changeOf(call({ ...change, command: new sdk.DeleteLoginProfileCommand({ UserName }) })),

    deactivateMfaDevice: (UserName: string, SerialNumber: string) =>
      changeOf(call({ ...change, command: new sdk.DeactivateMFADeviceCommand({ UserName, SerialNumber }) })),
    deleteVirtualMfaDevice: (SerialNumber: string) =>
      changeOf(call({ ...change, command: new sdk.DeleteVirtualMFADeviceCommand({ SerialNumber }) })),

    removeFromGroup: (UserName: string, GroupName: string) =>
      changeOf(call({ ...change, command: new sdk.RemoveUserFromGroupCommand({ UserName, GroupName }) })),
    detachPolicy: (UserName: string, PolicyArn: string) =>
      changeOf(call({ ...change, command: new sdk.DetachUserPolicyCommand({ UserName, PolicyArn }) })),
    deleteBoundary: (UserName: string) =>
      changeOf(call({ ...change, command: new sdk.DeleteUserPermissionsBoundaryCommand({ UserName }) })),
    deleteUser: (UserName: string) => changeOf(call({ ...change, command: new sdk.DeleteUserCommand({ UserName }) })),
  };
}
