import { buildReport, type Report, type ReportFinding } from "../../../src/usecases/report.ts";

const API = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  namespace: "platform-application",
  name: "api",
};

export function findingLike(parts: Partial<ReportFinding> = {}): ReportFinding {
  return {
    rule: "res-limits-required",
    practice: "resources",
    mode: "enforce",
    object: API,
    path: "spec.template.spec.containers[name=api].resources.limits.memory",
    pointer: "/spec/template/spec/containers/0/resources/limits/memory",
    message: "container api has no memory limit",
    fix: "set resources.limits.memory to peak use",
    fixable: true,
    source: { file: "api.yaml", line: 14 },
    ...parts,
  };
}

/** One finding of each mode, one of them without a file, and one skipped rule. */
export function sampleReport(): Report {
  return buildReport({
    door: "check",
    policy: "keymate",
    now: Date.UTC(2026, 10, 23, 12),
    objects: 2,
    findings: [
      findingLike(),
      findingLike({ rule: "a-rule", mode: "warn", path: "", pointer: "" }),
      findingLike({ mode: "audit", object: { apiVersion: "v1", kind: "Namespace", name: "x" } }),
    ].map((finding, index) => {
      if (index < 2) return finding;
      const { source: _, ...rest } = finding;
      return rest;
    }),
    skipped: [
      { rule: "b-rule", practice: "backup", object: API, reason: "Cluster is not installed" },
      {
        rule: "b-rule",
        practice: "backup",
        object: { ...API, name: "b" },
        reason: "Cluster is not installed",
      },
    ],
    judged: new Set(["resources", "network"]),
    incomplete: false,
  });
}
