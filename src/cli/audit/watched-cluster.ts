import type { ClusterCache } from "../../adapters/kube/cluster-cache.ts";
import type { Policy } from "../../engine/policy.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { apiVersionOf, type GroupKind, groupKind, type KindInfo } from "../../kubernetes/kinds.ts";
import { RULES } from "../../rules/index.ts";
import { isLeftToController } from "../../usecases/audit-scope.ts";
import { type AuditedKinds, kindsReadFor, SECRETS } from "../../usecases/audited-kinds.ts";
import { asKept } from "../../usecases/snapshot.ts";
import type { WatchDeps } from "./watch.ts";

export interface WatchedCluster {
  readonly cache: ClusterCache;
  readonly kinds: AuditedKinds;
}

/** A cache of everything that some rule of the audit judges or looks up, whatever the policy says. */
export async function watchedCluster(
  deps: WatchDeps,
  policy: () => Policy,
): Promise<WatchedCluster> {
  const { ClusterCache } = await import("../../adapters/kube/cluster-cache.ts");
  const { projectionOf } = await import("../../adapters/kube/projection.ts");
  const kinds = kindsReadFor(RULES, deps.optedIn);
  const projection = (info: KindInfo) => {
    const kind = groupKind(info.group, info.kind);
    const lookedUp = projectionOf(info, "audit");
    if (!kinds.judged.has(kind)) return lookedUp;
    const project = (object: JsonObject) =>
      isLeftToController(policy(), kind, object)
        ? lookedUp.project(object)
        : wholeOf(info, kind, object);
    return { metadataOnly: SECRETS.has(kind), project };
  };
  const cache = new ClusterCache({ ...deps, kinds: kinds.all, projection });
  return { cache, kinds };
}

/** Items of a list carry neither, and bare ones carry their own. */
function wholeOf(info: KindInfo, kind: GroupKind, object: JsonObject): JsonObject {
  return asKept(kind, { ...object, apiVersion: apiVersionOf(info), kind: info.kind });
}
