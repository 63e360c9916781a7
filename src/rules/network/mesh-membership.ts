import { componentOf } from "../../engine/component.ts";
import { kindWord } from "../../engine/policy.ts";
import type { Finding, RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { podLabelsOf } from "../../kubernetes/indexes.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { arePodsInMesh, isNamespaceInMesh, namespaceOptOut } from "../../kubernetes/mesh-mtls.ts";
import { isTerminating, labelsOf, nameOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";
import { WORKLOAD_KINDS } from "../../kubernetes/workload.ts";
import { askedLayer, severity } from "./effective-mtls.ts";
import type { MtlsParams } from "./mtls-findings.ts";

/** What runs Pods that speak, or could speak, mutual TLS. */
export const MESH_WORKLOADS: readonly GroupKind[] = [
  ...WORKLOAD_KINDS,
  "Cluster.postgresql.cnpg.io",
];

const MESH_COMPONENT = "service-mesh";
/** Workloads that a message names. */
const SHOWN = 3;

type Context = RuleContext<MtlsParams>;

/** A namespace that no label brings into the mesh, unless all its workloads join by themselves. */
export function* membershipFindings(context: Context): Iterable<Finding> {
  const { object, subject } = context;
  const layer = askedLayer(context);
  const labels = labelsOf(object.raw);
  if (layer === undefined || isNamespaceInMesh(labels)) return;
  // Who opts out in so many words has heard of it.
  if (namespaceOptOut(labels) !== undefined) return;
  const workloads = [...workloadsIn(context)];
  if (workloads.some((one) => isMesh(context, one))) return;
  const outside = workloads.filter(({ kind, raw }) => !podLabelsOf(kind, raw).every(arePodsInMesh));
  if (workloads.length > 0 && outside.length === 0) return;
  yield {
    message: `${layer} namespace ${subject.name} is not in the mesh${listOf(outside)}`,
    fix: "label it istio-injection: enabled, istio.io/rev with the revision, or istio.io/dataplane-mode: ambient",
    location: field(ROOT, "metadata", "labels"),
    key: "membership",
    ...severity(context, layer),
  };
}

/** Without what another one of them makes. */
function* workloadsIn({ cluster, subject }: Context): Iterable<Judged> {
  for (const kind of MESH_WORKLOADS) {
    for (const raw of cluster.list(kind, subject.name)) {
      const owner = controllerOf(raw);
      const isMade = owner !== undefined && MESH_WORKLOADS.includes(owner.kind);
      if (!isMade && !isTerminating(raw)) yield new Judged(kind, raw);
    }
  }
}

/** The mesh itself does not run in the mesh, nor what shares its namespace. */
function isMesh({ platform }: Context, workload: Judged): boolean {
  return componentOf(platform, workload)?.name === MESH_COMPONENT;
}

function listOf(outside: readonly Judged[]): string {
  if (outside.length === 0) return "";
  const names = outside.map(({ kind, raw }) => `${kindWord(kind)} ${nameOf(raw) ?? ""}`).sort();
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `, so plaintext is spoken by ${names.slice(0, SHOWN).join(", ")}${more}`;
}
