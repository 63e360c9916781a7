import { plural } from "../../engine/text.ts";
import { PDB } from "../../kubernetes/disruption.ts";
import { own } from "../../kubernetes/json.ts";
import { labelsOf, nameOf, specOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";
import { containersOf, podTemplateOf, WORKLOAD_KINDS } from "../../kubernetes/workload.ts";
import type { Gathered, LineSpec, Site, Unknown } from "./line-spec.ts";
import { componentsIn, type Found, minimumText, objectsIn, shown } from "./places.ts";

const CLUSTER = "Cluster.postgresql.cnpg.io";

export const criticalReplicas: LineSpec = {
  id: "critical-replicas",
  title: "All critical components run with 2 or more replicas",
  rules: ["ha-min-replicas", "ha-scale-to-zero"],
  oneOf: [],
  gather(site) {
    const found = componentsIn(site);
    const evidence: string[] = [];
    const unknown: Unknown[] = [];
    const critical = [...site.policy.platform.components.values()].filter((one) => one.critical);
    for (const { name, minReplicas } of critical) {
      const workloads = found.get(name) ?? [];
      if (workloads.length === 0) unknown.push({ text: `no workload of component ${name} found` });
      for (const one of workloads) {
        evidence.push(`${name}: ${shown(one)}, ${minimumText(site, one)} (minimum ${minReplicas})`);
      }
    }
    return { evidence, unknown, applies: critical.length > 0 };
  },
};

export const statefulBudgets: LineSpec = {
  id: "stateful-budgets",
  title: "PodDisruptionBudgets protect all stateful services",
  rules: ["pdb-required", "pdb-blocks-eviction", "pdb-ineffective", "pdb-overlap", "pdb-selector"],
  oneOf: [],
  gather(site) {
    const services = [...objectsIn(site, ["StatefulSet.apps", CLUSTER])];
    const evidence: string[] = [];
    const unknown: Unknown[] = [];
    for (const one of services) {
      const budget = budgetText(site, one);
      if (budget !== undefined) evidence.push(`${shown(one)}: ${budget}`);
      // The rule leaves time to new ones, and out what has one replica: no finding is no budget.
      else if (site.cluster.reason(PDB) === undefined) {
        unknown.push({ text: `${shown(one)} has no PodDisruptionBudget` });
      }
    }
    return { evidence, unknown, applies: services.length > 0 };
  },
};

function budgetText(site: Site, service: Found): string | undefined {
  const names = budgetsOf(site, service);
  if (names.length > 0) return names.map((name) => `PodDisruptionBudget ${name}`).join(", ");
  const { kind, object } = service;
  const isMade = kind === CLUSTER && own(specOf(object), "enablePDB") !== false;
  return isMade ? "its operator makes the budgets (enablePDB)" : undefined;
}

function budgetsOf({ cluster }: Site, { kind, namespace, name, object }: Found): string[] {
  const labels = podTemplateOf(kind, object)?.labels;
  const budgets =
    kind === CLUSTER
      ? [...cluster.list(PDB, namespace)].filter((budget) => {
          const owner = controllerOf(budget);
          return owner?.kind === kind && owner.name === name;
        })
      : [...cluster.selecting(PDB, namespace, labels ?? labelsOf(object))];
  return budgets.map((budget) => `${namespace}/${nameOf(budget)}`).sort();
}

export const requestsLimits: LineSpec = {
  id: "requests-limits",
  title: "Every pod has CPU and memory requests and limits",
  rules: [
    "res-requests-required",
    "res-limits-required",
    "res-zero",
    "res-request-exceeds-limit",
    "res-limitrange-conflict",
  ],
  oneOf: [],
  gather(site): Gathered {
    let workloads = 0;
    let containers = 0;
    for (const { kind, object } of objectsIn(site, WORKLOAD_KINDS)) {
      workloads += 1;
      containers += containersOf(kind, object).length;
    }
    for (const _ of objectsIn(site, [CLUSTER])) workloads += 1;
    const where = plural(site.places.length, "namespace");
    const evidence = [
      `${plural(workloads, "workload")} with ${plural(containers, "container")} in ${where} of the platform`,
    ];
    return { evidence: workloads === 0 ? [] : evidence, unknown: [], applies: workloads > 0 };
  },
};
