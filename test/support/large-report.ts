import type { InventoryLayer } from "../../src/usecases/inventory.ts";
import { buildReport, type Report, type ReportObject } from "../../src/usecases/report.ts";
import { brokenReport } from "./broken-report.ts";

/** A report of any size: the findings of the broken example, on as many copies as it takes. */
export function largeReport(size: number): Report {
  const small = brokenReport();
  const copies = Array.from({ length: Math.ceil(size / small.findings.length) }, (_, copy) => copy);
  const findings = copies.flatMap((copy) =>
    small.findings.map((finding) => ({ ...finding, object: renamed(finding.object, copy) })),
  );
  const inventory = (small.inventory ?? []).map((layer): InventoryLayer => {
    const workloads = copies.flatMap((copy) =>
      layer.workloads.map((one) => ({ ...one, object: renamed(one.object, copy) })),
    );
    return { ...layer, workloads };
  });
  return buildReport({
    door: "check",
    policy: small.policy,
    now: Date.parse(small.generatedAt),
    objects: small.summary.objects * copies.length,
    findings: findings.slice(0, size),
    skipped: [],
    judged: new Set(),
    incomplete: false,
    inventory,
  });
}

function renamed(object: ReportObject, copy: number): ReportObject {
  return object.kind === "Namespace" ? object : { ...object, name: `${object.name}-${copy}` };
}
