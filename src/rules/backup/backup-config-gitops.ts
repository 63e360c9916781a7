import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { annotationOf, labelOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";

const KINDS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "CronJob.batch",
  "Cluster.postgresql.cnpg.io",
  "Pooler.postgresql.cnpg.io",
  "Keycloak.k8s.keycloak.org",
];

const params = z.strictObject({
  annotations: z
    .array(z.string())
    .default(["argocd.argoproj.io/tracking-id", "config.k8s.io/owning-inventory"])
    .describe("Annotations by which tools that apply what is in Git know their objects"),
  labels: z
    .array(z.string())
    .default([
      "argocd.argoproj.io/instance",
      "kustomize.toolkit.fluxcd.io/name",
      "helm.toolkit.fluxcd.io/name",
    ])
    .describe(
      "Labels to the same end. app.kubernetes.io/instance is none: Helm sets it for whoever types a command",
    ),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "backup-config-gitops",
  title: "The configuration of components comes from Git",
  why: "Data comes back from a backup; what was typed into the cluster by hand comes back from nowhere. A platform that is applied from Git can be built again.",
  practice: "backup",
  since: "0.1.0",
  targets: [{ kinds: KINDS, operations: ["CREATE"] }],
  needs: [],
  mode: "audit",
  doors: ["audit"],
  reads: ["metadata"],
  params,
  check(context) {
    const { object, subject, platform } = context;
    const component = componentOf(platform, object);
    if (component === undefined || controllerOf(object.raw) !== undefined) return [];
    if (isTracked(context)) return [];
    return [
      {
        message: `${kindWord(subject.kind)} ${subject.name} (${component.name}) is tracked by neither Argo CD nor Flux`,
        fix: "commit its manifest and let Argo CD or Flux apply it",
        location: field(ROOT, "metadata"),
        key: "untracked",
      },
    ];
  },
});

function isTracked({ object, params }: Context): boolean {
  return (
    params.annotations.some((key) => annotationOf(object.raw, key)) ||
    params.labels.some((key) => labelOf(object.raw, key))
  );
}
