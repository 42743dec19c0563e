import { ConnectorError } from "../../contract/error.ts";
import type { TargetHttp, TargetRequest } from "../../contract/http.ts";
import { permissions } from "../permissions.ts";

/** Kong answers 403 without saying what it misses; the error says it as the manifest does, so that somebody can add it. */
export function namingPermissions(http: TargetHttp): TargetHttp {
  return {
    ...http,
    async send(request) {
      try {
        return await http.send(request);
      } catch (thrown) {
        throw thrown instanceof ConnectorError && thrown.code === "forbidden" ? named(thrown, request) : thrown;
      }
    },
  };
}

type Called = Pick<TargetRequest<unknown>, "method" | "template">;

function named(thrown: ConnectorError, called: Called): ConnectorError {
  const { code, message, target, operation, status } = thrown;
  return new ConnectorError(code, `${message}; our role lacks "${permissionOf(called)}"`, {
    target,
    ...(operation === null ? {} : { operation }),
    ...(status === null ? {} : { status }),
    cause: thrown,
  });
}

const verbs = { GET: "read", HEAD: "read", POST: "create", PUT: "update", PATCH: "update", DELETE: "delete" } as const;

function permissionOf({ method, template }: Called): string {
  const endpoint = template.replaceAll(/\{[^}]*\}/g, "*");
  const exact = `${verbs[method]} ${endpoint}`;
  return permissions.find(({ name }) => covers(name, exact))?.name ?? exact;
}

/** Segment by segment; `*` stands for exactly one. */
function covers(permission: string, wanted: string): boolean {
  const [general, particular] = [permission.split("/"), wanted.split("/")];
  return (
    general.length === particular.length &&
    general.every((segment, at) => segment === "*" || segment === particular[at])
  );
}
