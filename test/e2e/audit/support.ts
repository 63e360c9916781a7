import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { runProgram } from "../../../src/cli/program.ts";
import { kindInfo } from "../../../src/kubernetes/kinds.ts";
import { auditedKinds } from "../../../src/usecases/audited-kinds.ts";
import type { ReadinessLine } from "../../../src/usecases/readiness.ts";
import type { Report } from "../../../src/usecases/report.ts";
import { captured } from "../../cli/support/captured-io.ts";
import type { TestCluster } from "../../cluster/cluster.ts";
import { policyWith } from "../../support/policy.ts";

export async function runAudit(kubeconfig: string | undefined, ...argv: readonly string[]) {
  const { io, out, err } = captured();
  const cluster = kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig];
  return { code: await runProgram(["audit", ...cluster, ...argv], io), out: out(), err: err() };
}

export async function audited(kubeconfig: string | undefined, ...argv: readonly string[]) {
  const { code, out, err } = await runAudit(kubeconfig, "--format", "json", ...argv);
  assert.notEqual(out, "", err);
  return { code, err, report: JSON.parse(out) as Report };
}

export function lineOf({ readiness = [] }: Report, id: string): ReadinessLine {
  const line = readiness.find((one) => one.id === id);
  assert(line, id);
  return line;
}

/** What an audit that looks once, and was asked for nothing more, never verifies. */
const NEVER_AT_ONCE = ["res-usage-near-limit", "secret-external", "secret-rotation"];

/** What could not be verified beside that. */
export function unseen({ skipped }: Report): Report["skipped"] {
  return skipped.filter(({ rule }) => !NEVER_AT_ONCE.includes(rule));
}

/** Everything but when it was made; ages in words move on. */
export function comparable(report: Report): unknown {
  return { ...report, generatedAt: "" };
}

/** Everything that an audit reads, as kubectl prints it. */
export async function dump(cluster: TestCluster, form: "json" | "yaml"): Promise<string> {
  const served = await cluster.kubectl(["api-resources", "-o", "name", "--verbs=list"]);
  const resources = auditedKinds(policyWith()).all.flatMap((kind) => {
    const info = kindInfo(kind);
    const name = info?.group === "" ? info.plural : `${info?.plural}.${info?.group}`;
    return served.stdout.split("\n").includes(name) ? [name] : [];
  });
  const list = ["customresourcedefinitions", ...resources].join(",");
  const result = await cluster.kubectl(["get", list, "-A", "-o", form]);
  assert.equal(result.code, 0, result.stderr);
  const path = join(cluster.dir, `dump.${form}`);
  await writeFile(path, result.stdout);
  return path;
}

/** A dump in front of and behind which the cluster was the same: rollouts take their time. */
export async function dumpAtRest(cluster: TestCluster, form: "json" | "yaml") {
  const before = await audited(cluster.kubeconfig);
  const path = await dump(cluster, form);
  const { report: live } = await audited(cluster.kubeconfig);
  return isDeepStrictEqual(comparable(before.report), comparable(live)) && { path, live };
}

/** Who may read all that an audit reads but one resource, that one in some namespaces at most. */
export async function restrictedReader(
  cluster: TestCluster,
  forbidden: string,
  ...allowed: readonly string[]
): Promise<string> {
  const name = `without-${forbidden}-${allowed.length}`;
  const groups = new Map<string, string[]>();
  for (const kind of auditedKinds(policyWith()).all) {
    const info = kindInfo(kind);
    assert(info);
    if (info.plural === forbidden) continue;
    groups.set(info.group, [...(groups.get(info.group) ?? []), info.plural]);
  }
  const rules = [...groups].map(([group, resources]) => ({
    apiGroups: [group],
    resources,
    verbs: ["list"],
  }));
  const rbac = (kind: string, parts: object, namespace?: string) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    ...parts,
  });
  const subjects = [{ kind: "ServiceAccount", name, namespace: "default" }];
  const role = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  const one = [{ apiGroups: ["*"], resources: [forbidden], verbs: ["list"] }];
  const objects = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: "default" } },
    rbac("ClusterRole", { rules }),
    rbac("ClusterRoleBinding", { roleRef: role("ClusterRole"), subjects }),
    ...allowed.flatMap((namespace) => [
      rbac("Role", { rules: one }, namespace),
      rbac("RoleBinding", { roleRef: role("Role"), subjects }, namespace),
    ]),
  ];
  await cluster.apply(objects.map((object) => JSON.stringify(object)).join("\n---\n"));
  return cluster.tokenKubeconfig("default", name);
}
