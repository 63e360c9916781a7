import { z } from "zod";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { CNPG_BACKUP, OBJECT_STORE, VOLUME_SNAPSHOT } from "../../kubernetes/backup-record.ts";
import { SCHEDULED_BACKUP, VELERO_SCHEDULE } from "../../kubernetes/backup-schedule.ts";
import { CNPG_CLUSTER, claimTemplateNames } from "../../kubernetes/backup-unit.ts";
import { VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { spanText } from "../../kubernetes/duration.ts";
import { dig } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { nameOf } from "../../kubernetes/object.ts";
import { dataLayers } from "./backup-params.ts";
import { governedLayer, STORAGE_LOCATION } from "./governed-data.ts";
import { type Loss, lossOf } from "./loss.ts";

const params = z.strictObject({
  layers: dataLayers,
  clockSkewMinutes: z
    .number()
    .min(0)
    .default(5)
    .describe("Backups that ended later than so many minutes from now are not believed"),
});

type ProtectParams = z.output<typeof params>;

const STATEFUL_SET = "StatefulSet.apps";
const CLAIM = "PersistentVolumeClaim";
const RETENTION = "persistentVolumeClaimRetentionPolicy";

export default defineRule<ProtectParams>({
  id: "backup-delete-protect",
  title: "Data and its backups are not deleted in passing",
  why: "One kubectl delete, one prune of a GitOps tool or one helm uninstall removes a database and every volume of it, and often the schedule of its backups in the same breath.",
  practice: "backup",
  since: "0.1.0",
  targets: [
    {
      kinds: [
        CNPG_CLUSTER,
        CLAIM,
        SCHEDULED_BACKUP,
        VELERO_SCHEDULE,
        OBJECT_STORE,
        STORAGE_LOCATION,
        "Namespace",
      ],
      operations: ["DELETE"],
    },
    { kinds: [STATEFUL_SET], operations: ["CREATE", "UPDATE"] },
  ],
  needs: ["Namespace"],
  consults: [
    CNPG_CLUSTER,
    CNPG_BACKUP,
    OBJECT_STORE,
    SCHEDULED_BACKUP,
    VELERO_SCHEDULE,
    VELERO_BACKUP,
    VOLUME_SNAPSHOT,
    STATEFUL_SET,
    CLAIM,
  ],
  mode: "enforce",
  reads: [`spec.${RETENTION}`, "spec.volumeClaimTemplates"],
  doors: ["admission"],
  params,
  governs: governedLayer,
  check(context) {
    return context.object.kind === STATEFUL_SET
      ? retentionFindings(context)
      : deletionFindings(context);
  },
});

function* deletionFindings(context: RuleContext<ProtectParams>): Iterable<Finding> {
  const { subject, layer, params } = context;
  const isBound = subject.kind === CLAIM || subject.kind === "Namespace";
  if (isBound && !params.layers.includes(layer ?? "")) return;
  const { what, newest } = lossOf(context);
  yield {
    message: `deleting ${kindWord(subject.kind)} ${subject.name} ${what}; ${newestText(newest, context.now)}`,
    fix: `keep it, or take a last backup and let it pass by an override of the policy: ${overrideAdvice("backup-delete-protect", subject, context.now)}`,
    location: field(ROOT, "metadata", "name"),
    key: "deleted",
  };
}

function newestText(newest: Loss["newest"], now: number): string {
  if (newest === undefined) return "no completed backup of it is known";
  const age = spanText(Math.max(0, now - newest.endedAt), Math.ceil);
  return `its newest backup (${newest.source}) is ${age} old`;
}

function* retentionFindings(context: RuleContext<ProtectParams>): Iterable<Finding> {
  const { object, subject, now } = context;
  const templates = claimTemplateNames(object.raw);
  if (templates.length === 0) return;
  // A new one has nothing to lose, unless it takes over what another left.
  if (subject.operation === "CREATE" && !takesOver(context, templates)) return;
  for (const [key, when] of [
    ["whenDeleted", "it is deleted"],
    ["whenScaled", "it is scaled down"],
  ] as const) {
    if (dig(object.raw, "spec", RETENTION, key) !== "Delete") continue;
    yield {
      message: `the volumes of StatefulSet ${subject.name} would be deleted when ${when}`,
      fix: `set ${key} to Retain, or let it pass by an override of the policy: ${overrideAdvice("backup-delete-protect", subject, now)}`,
      location: field(ROOT, "spec", RETENTION, key),
      key,
    };
  }
}

/** Whether claims are there that its Pods will find by name. */
function takesOver(
  { cluster, subject }: RuleContext<ProtectParams>,
  templates: readonly string[],
): boolean {
  const prefixes = templates.map((template) => `${template}-${subject.name}-`);
  for (const claim of cluster.list(CLAIM, subject.namespace)) {
    const name = nameOf(claim) ?? "";
    const isFound = prefixes.some(
      (prefix) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)),
    );
    if (isFound) return true;
  }
  return false;
}
