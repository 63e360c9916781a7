import type { RuleContext } from "../../engine/rule.ts";
import { versionStep } from "../../kubernetes/image-reference.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import {
  REVISION_KINDS,
  revisionWithImages,
  revisionWithTemplate,
} from "../../kubernetes/revision.ts";
import {
  isVersionLowered,
  type UpgradeStep,
  upgradeStep,
} from "../../kubernetes/revision-upgrade.ts";
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../../kubernetes/workload.ts";

/** Whatever runs images that an update can change; Job templates cannot. */
export const UPGRADED_KINDS: readonly GroupKind[] = [
  ...WORKLOAD_KINDS.filter((kind) => kind !== "Job.batch"),
  ...WORKLOAD_RESOURCES,
  "Keycloak.k8s.keycloak.org",
];

/** What tells a rollback. */
export const HISTORY_KINDS = REVISION_KINDS;

/** What a workload's update does to the software that it runs. */
export interface Upgrade {
  readonly step: UpgradeStep;
  /** What it goes back to, in words; undefined for an upgrade. */
  readonly rollback: string | undefined;
}

/** undefined when the subject is no upgrade, or the old object is the one that is asked about. */
export function upgradeStepOf({ subject, object }: RuleContext): UpgradeStep | undefined {
  const { old, operation, subresource, kind } = subject;
  if (operation !== "UPDATE" || old === undefined || subresource !== "") return undefined;
  return object === subject.object ? upgradeStep(kind, old.raw, object.raw) : undefined;
}

export function upgradeOf(context: RuleContext): Upgrade | undefined {
  const { old } = context.subject;
  const step = upgradeStepOf(context);
  if (step === undefined || old === undefined) return undefined;
  return { step, rollback: rollbackOf(context, step, old.raw) };
}

/**
 * Images of a retained older revision, or every changed container on a lower version. One container
 * on a higher version makes it an upgrade, whatever is retained: v1, v2, v1, v2 ends in one.
 */
function rollbackOf(
  { subject, object, cluster }: RuleContext,
  { images, catalog }: UpgradeStep,
  old: JsonObject,
): string | undefined {
  const { kind, namespace } = subject;
  if (catalog) return undefined;
  const steps = images.map(versionStep);
  if (steps.some((step) => step !== undefined && step > 0)) return undefined;
  if (images.length === 0) return relabelledRollback({ subject, object, cluster }, old);
  const revision = revisionWithImages(cluster, kind, namespace, { old, object: object.raw });
  if (revision !== undefined) return `revision ${revision.number}`;
  const isLower = steps.every((step) => step !== undefined && step < 0);
  return isLower ? "a lower version" : undefined;
}

/** Only labels and the template changed. */
function relabelledRollback(
  { subject, object, cluster }: Pick<RuleContext, "subject" | "object" | "cluster">,
  old: JsonObject,
): string | undefined {
  const { kind, namespace } = subject;
  if (isVersionLowered(kind, old, object.raw)) return "a lower version";
  const template = object.template?.raw;
  const revision =
    template === undefined
      ? undefined
      : revisionWithTemplate(cluster, kind, namespace, { old, template });
  return revision === undefined ? undefined : `revision ${revision.number}`;
}
