import type { RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { nameOf } from "../../kubernetes/object.ts";
import { type ComponentRank, rankOf } from "./component-rank.ts";
import type { Scene, Workload } from "./scene.ts";

/** What a critical component runs as, with Pods whose labels are known. */
export const PROTECTED_KINDS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "Cluster.postgresql.cnpg.io",
];

/** Critical components of which the selector selects Pods. */
export function* criticalWorkloads(
  { platform }: RuleContext,
  scene: Scene,
  selector: unknown,
): Iterable<{ readonly workload: Workload; readonly rank: ComponentRank }> {
  for (const kind of PROTECTED_KINDS) {
    for (const raw of scene.selected(kind, selector)) {
      const object = new Judged(kind, raw);
      const rank = rankOf(platform, object);
      if (rank?.isCritical) yield { workload: { kind, name: nameOf(raw) ?? "", object }, rank };
    }
  }
}
