import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadFiles } from "../../../src/adapters/files/load.ts";
import type { Report } from "../../../src/usecases/report.ts";
import { startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { applyCrds } from "../practices/support.ts";
import {
  audited,
  comparable,
  dump,
  dumpAtRest,
  lineOf,
  restrictedReader,
  runAudit,
  unseen,
} from "./support.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples", import.meta.url));

interface Workload {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

/** Of operators whose definitions are not at hand; no rule reads them. */
const FOREIGN = ["ExternalSecret", "Database", "Prometheus"];

async function applied(cluster: TestCluster, folder: string): Promise<void> {
  const files = readdirSync(join(EXAMPLES, folder)).filter((name) => /^\d.*\.yaml$/.test(name));
  const { objects, problems } = loadFiles(files.map((name) => join(EXAMPLES, folder, name)));
  assert.deepEqual(problems, []);
  const own = objects.map(({ object }) => object);
  const velero = { apiVersion: "v1", kind: "Namespace", metadata: { name: "velero" } };
  const known = [velero, ...own.filter(({ kind }) => !FOREIGN.includes(String(kind)))];
  await cluster.apply(known.map((object) => JSON.stringify(object)).join("\n---\n"));
}

suite("audit of a cluster that runs the example platform", () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await startCluster({ controllerManager: true, scheduler: true, kwok: true });
  });

  after(() => cluster?.stop());

  test("an empty cluster has nothing that could pass, and is said to have no layer", async () => {
    const { report, err, code } = await audited(cluster.kubeconfig);
    assert.equal(code, 0);
    assert.equal(report.summary.verdict, "not-verified");
    assert.deepEqual(report.findings, []);
    assert.deepEqual(unseen(report), []);
    assert.match(err, /no namespace has a layer/);
    for (const { id, status } of report.readiness ?? []) {
      const expected = id === "critical-replicas" ? "not-verified" : "not-applicable";
      assert.equal(status, expected, id);
    }
  });

  suite("once it is applied", () => {
    before(async () => {
      await applyCrds(cluster);
      await applied(cluster, "platform");
      await eventually(async () => {
        const args = ["get", "deployments,statefulsets", "-A", "-o", "json"];
        const { items } = JSON.parse((await cluster.kubectl(args)).stdout);
        const ready = items.filter(
          (item: Workload) => item.status.readyReplicas === item.spec.replicas,
        );
        return items.length > 5 && ready.length === items.length;
      }, 60_000);
    });

    test("nothing is found, and whatever is shown as passed has evidence", async () => {
      const { report } = await audited(cluster.kubeconfig);
      assert.deepEqual(report.findings, []);
      assert.deepEqual(unseen(report), []);
      for (const id of ["critical-replicas", "stateful-budgets", "requests-limits"]) {
        const line = lineOf(report, id);
        assert.equal(line.status, "pass", id);
        assert.ok(line.evidence.length > 0);
      }
      assert.match(lineOf(report, "monitoring-flows").evidence.join("\n"), /2 of 2 ready/);
      assert.equal(report.summary.verdict, "not-verified");
      assert.match(lineOf(report, "backup-restore").notVerified?.join("\n") ?? "", /no completed/);
    });

    test("its Pods and ReplicaSets are left to their controllers", async () => {
      const patch = '{"spec":{"template":{"spec":{"hostNetwork":true}}}}';
      const where = ["deployment", "kong", "-n", "platform-application"];
      const done = await cluster.kubectl(["patch", ...where, "-p", patch]);
      assert.equal(done.code, 0, done.stderr);
      const { report, code } = await audited(cluster.kubeconfig);
      const hosts = report.findings.filter(({ rule }) => rule === "net-host-access");
      assert.deepEqual(
        hosts.map(({ object, mode }) => [object.kind, object.name, mode]),
        [["Deployment", "kong", "enforce"]],
      );
      assert.equal(code, 1);
    });

    for (const form of ["json", "yaml"] as const) {
      test(`a dump as ${form} has the same answers as the cluster it was taken of`, async () => {
        const { path, live } = await eventually(() => dumpAtRest(cluster, form), 60_000);
        const { report } = await audited(undefined, "--from", path);
        assert.deepEqual(comparable(report), comparable(live));
        assert.ok(report.findings.length > 0);
      });
    }

    test("only the namespaces that are named are judged", async () => {
      const { report } = await audited(cluster.kubeconfig, "--namespace", "platform-data");
      assert.deepEqual(report.findings, []);
      assert.equal(lineOf(report, "stateful-budgets").status, "pass");
      assert.doesNotMatch(JSON.stringify(report), /platform-application/);
    });

    test("a namespace that is not there is a mistake", async () => {
      const { code, err } = await runAudit(cluster.kubeconfig, "--namespace", "platform-dta");
      assert.equal(code, 2);
      assert.match(err, /there is no namespace platform-dta/);
    });

    test("the role that is shipped for audits is enough for all of it", async () => {
      const role = fileURLToPath(
        new URL("../../../manifests/audit/cluster-role.yaml", import.meta.url),
      );
      for (const args of [
        ["apply", "-f", role],
        ["create", "serviceaccount", "auditor", "-n", "default"],
        [
          ...["create", "clusterrolebinding", "auditor", "--clusterrole=keymate-guard-audit"],
          "--serviceaccount=default:auditor",
        ],
      ]) {
        const { code, stderr } = await cluster.kubectl(args);
        assert.equal(code, 0, stderr);
      }
      const kubeconfig = await cluster.tokenKubeconfig("default", "auditor");
      const whole = await audited(cluster.kubeconfig);
      const { report } = await audited(kubeconfig);
      assert.deepEqual(comparable(report), comparable(whole.report));
    });

    test("what one may not list is named, and nothing that rests on it passes", async () => {
      const kubeconfig = await restrictedReader(cluster, "poddisruptionbudgets");
      const { report } = await audited(kubeconfig);
      const line = lineOf(report, "stateful-budgets");
      assert.equal(line.status, "not-verified");
      const permission = "needs permission to list poddisruptionbudgets.policy";
      assert.deepEqual(line.notVerified, [permission]);
      assert.equal(lineOf(report, "requests-limits").status, "pass");
      assert.ok(
        report.skipped.some(({ rule, reason }) => rule === "pdb-required" && reason === permission),
      );
    });

    test("what one may list in some namespaces only is verified there", async () => {
      const kubeconfig = await restrictedReader(cluster, "poddisruptionbudgets", "platform-data");
      const { report } = await audited(kubeconfig);
      const places = report.skipped
        .filter(({ rule }) => rule === "pdb-required")
        .map(({ object }) => object.namespace);
      assert.ok(places.includes("platform-application"));
      assert.ok(!places.includes("platform-data"));
      const [reason = ""] = lineOf(report, "stateful-budgets").notVerified ?? [];
      assert.match(reason, /^needs permission to list poddisruptionbudgets\.policy in namespaces /);
      assert.doesNotMatch(reason, /platform-data/);
    });

    test("somebody who may nothing gets no verdict but what is missing", async () => {
      await cluster.kubectl(["create", "serviceaccount", "nobody", "-n", "default"]);
      const { report, code } = await audited(await cluster.tokenKubeconfig("default", "nobody"));
      assert.equal(code, 0);
      assert.equal(report.summary.verdict, "not-verified");
      assert.ok(report.skipped.length > 0);
      for (const { reason } of unseen(report)) assert.match(reason, /^needs permission to list /);
    });

    test("what only the whole tells is found: plaintext, a database unscraped, Secrets by hand", async () => {
      const secrets = ["create", "secret", "-n", "platform-data"];
      const password = "--from-literal=password=correct-horse-battery";
      const pull = ["docker-registry", "pull", "--docker-username=a", "--docker-password=b"];
      const managed = ["secret", "managed", "reconcile.external-secrets.io/managed=true"];
      for (const args of [
        ["delete", "peerauthentication", "default", "-n", "platform-data"],
        ["label", "namespace", "platform-data", "istio.io/dataplane-mode-"],
        ["delete", "podmonitor", "pg-main", "-n", "platform-data"],
        [...secrets, "generic", "by-hand", password],
        [...secrets, "generic", "managed", password],
        [...secrets, ...pull],
        ["label", ...managed, "-n", "platform-data"],
      ]) {
        const { code, stderr } = await cluster.kubectl(args);
        assert.equal(code, 0, stderr);
      }
      const { report } = await audited(cluster.kubeconfig, "--read-secret-metadata");
      const said = (id: string) =>
        report.findings.filter(({ rule }) => rule === id).map(({ message }) => message);
      const [mode = "", membership = ""] = said("net-mtls");
      assert.match(mode, /platform-data accepts plaintext: its effective mode is PERMISSIVE/);
      assert.match(membership, /platform-data is not in the mesh, .* Cluster pg-main, /);
      assert.match(said("mon-scrape-target").join("\n"), /^no .* reaches relational-database/);
      assert.deepEqual(said("secret-external"), [
        "externally managed Secrets of the data layer: 1 of 2 (50 %); by hand: platform-data/by-hand",
      ]);
      assert.doesNotMatch(JSON.stringify(report), /correct-horse-battery/);
    });

    test("a cluster that is not there is an error of one sentence", async () => {
      const { code, err, out } = await runAudit(cluster.kubeconfig, "--context", "elsewhere");
      assert.equal(code, 3);
      assert.equal(out, "");
      assert.match(err, /^keymate-guard: .*elsewhere/);
      assert.equal(err.trim().split("\n").length, 1);
    });
  });
});

suite("audit of a cluster that runs the broken platform", () => {
  let cluster: TestCluster;
  let report: Report;
  let code: number;

  before(async () => {
    cluster = await startCluster();
    await applyCrds(cluster);
    await applied(cluster, "broken");
    ({ report, code } = await audited(cluster.kubeconfig));
  });

  after(() => cluster?.stop());

  test("it fails, with findings in every practice that its files break", () => {
    assert.equal(code, 1);
    assert.equal(report.summary.verdict, "fail");
    const failed = report.practices.filter(({ status }) => status === "fail").map(({ id }) => id);
    assert.ok(failed.length >= 6, failed.join(", "));
    assert.equal(lineOf(report, "requests-limits").status, "fail");
    assert.equal(lineOf(report, "critical-replicas").status, "fail");
  });

  test("no secret value is in the report", async () => {
    const { out } = await runAudit(cluster.kubeconfig, "--format", "text");
    assert.match(out, /secret-env-literal/);
    assert.doesNotMatch(JSON.stringify(report) + out, /correct-horse-battery/);
  });

  test("a dump has the same answers", async () => {
    const path = await dump(cluster, "json");
    const { report: dumped } = await audited(undefined, "--from", path);
    assert.deepEqual(comparable(dumped), comparable(report));
  });
});
