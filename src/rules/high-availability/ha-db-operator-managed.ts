import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { componentName } from "../../engine/names.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { asObject, dig, own, ownArray } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { specOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";
import { countOf, replicasOf } from "../../kubernetes/scale.ts";

const CLUSTER = "Cluster.postgresql.cnpg.io";

const params = z.strictObject({
  components: z
    .array(componentName)
    .default(["relational-database"])
    .describe("components whose failover belongs in the hands of an operator"),
});

type Params = z.output<typeof params>;

export default defineRule({
  id: "ha-db-operator-managed",
  title: "Databases fail over by their operator",
  why: "A database in a plain StatefulSet has replicas but nobody who promotes one of them: losing the primary means an outage until a person steps in, and often lost writes.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [
    {
      kinds: ["Deployment.apps", "StatefulSet.apps", CLUSTER],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: [],
  mode: "enforce",
  modeNote:
    "a budget that a cluster of several instances switches off: enforce; a database without an operator, and synchronous replicas that cannot be reached: warn",
  reads: [
    "metadata.labels",
    "metadata.annotations",
    "metadata.ownerReferences",
    "TP.metadata.labels",
    "TP.spec.containers",
    "TP.spec.volumes",
    "spec.enablePDB",
    "spec.instances",
    "spec.minSyncReplicas",
    "spec.postgresql.synchronous",
  ],
  params,
  check: (context) => (context.object.kind === CLUSTER ? cluster(context) : plain(context)),
});

function* cluster({ object: { kind, raw } }: RuleContext<Params>): Iterable<Finding> {
  const spec = specOf(raw);
  const instances = replicasOf(kind, raw);
  if (own(spec, "enablePDB") === false && instances >= 2) {
    yield {
      message: `enablePDB false leaves ${instances} instances without a budget; a drain may take the primary unannounced`,
      fix: "remove enablePDB or set it to true",
      location: field(ROOT, "spec", "enablePDB"),
      key: "enablePDB",
    };
  }
  yield* tooManySynchronous(countOf(own(spec, "minSyncReplicas")), instances, ["minSyncReplicas"]);
  const quorum = asObject(dig(spec, "postgresql", "synchronous"));
  const others =
    ownArray(quorum, "standbyNamesPre").length + ownArray(quorum, "standbyNamesPost").length;
  const path = ["postgresql", "synchronous", "number"];
  yield* tooManySynchronous(countOf(own(quorum, "number")), instances + others, path);
}

/** One instance is the primary: writes would wait for a standby that can never be there. */
function* tooManySynchronous(
  wanted: number | undefined,
  candidates: number,
  path: readonly string[],
): Iterable<Finding> {
  if (wanted === undefined || wanted === 0 || wanted < candidates) return;
  const most = candidates - 1;
  yield {
    message: `${path.slice(-2).join(".")} ${wanted} needs more than ${candidates} instances, one of which is the primary; writes would hang`,
    fix: `set ${most} or less, or add instances`,
    location: field(ROOT, "spec", ...path),
    key: path.join("."),
    atMost: "warn",
  };
}

function plain(context: RuleContext<Params>): Finding[] {
  const { subject, object, params, platform } = context;
  const claim = componentOf(platform, object);
  if (claim === undefined || !params.components.includes(claim.name)) return [];
  // A guess by image alone also fits poolers and exporters, which keep nothing.
  if (!claim.sure && !keepsData(context)) return [];
  if (subject.byController || isManaged(context)) return [];
  const shown = claim.sure ? claim.name : `${claim.name} (by its ${claim.source})`;
  const finding: Finding = {
    message: `${shown} runs as a plain ${kindWord(object.kind)}; use operator-managed failover`,
    fix: "run it by an operator such as CloudNativePG, or name the operator's account in trustedControllers",
    location: field(ROOT, "kind"),
    key: "unmanaged",
    atMost: "warn",
  };
  return [finding];
}

function keepsData({ object: { kind, template } }: RuleContext): boolean {
  if (kind === "StatefulSet.apps") return true;
  return ownArray(template?.spec, "volumes").some(
    (volume) => own(asObject(volume), "persistentVolumeClaim") !== undefined,
  );
}

/** At admission the requester tells who manages it; elsewhere only the owner can. */
function isManaged({ subject, object }: RuleContext): boolean {
  return subject.door !== "admission" && controllerOf(object.raw) !== undefined;
}
