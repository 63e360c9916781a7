import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { dig, type JsonObject, ownArray } from "../../../src/kubernetes/json.ts";
import {
  FLAVOURS,
  REPORT_FLAVOURS,
  type ReportFlavour,
} from "../../../src/usecases/policy-reports.ts";
import { startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { total } from "../support/counters.ts";
import { type GuardProcess, startGuard } from "../support/guard-process.ts";
import { runAudit } from "./support.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const APP = "platform-application";

const badPod = (name: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: APP },
  spec: { containers: [{ name, image: "shell:1" }] },
});

suite("reports in the cluster", () => {
  let cluster: TestCluster;
  let guard: GuardProcess | undefined;

  async function kubectl(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(args);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  before(async () => {
    cluster = await startCluster();
    const named = ["keymate-guard", APP].map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    }));
    await cluster.apply(named.map((object) => JSON.stringify(object)).join("\n---\n"));
    await kubectl("apply", "-f", here("crds"));
    await kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
    await kubectl("apply", "-k", here("../../../manifests/audit"));
    await kubectl("apply", "-f", here("../../../manifests/audit/reports-role.yaml"));
  });

  after(async () => {
    if (guard?.running()) await guard.stop("SIGKILL");
    await cluster?.stop();
  });

  async function reportsOf(flavour: ReportFlavour): Promise<readonly JsonObject[]> {
    const { group, namespaced, clusterWide } = FLAVOURS[flavour];
    const kinds = `${namespaced.plural}.${group},${clusterWide.plural}.${group}`;
    const list = JSON.parse(await kubectl("get", kinds, "-A", "-o", "json")) as JsonObject;
    return ownArray(list, "items") as JsonObject[];
  }

  const versionsOf = (reports: readonly JsonObject[]) =>
    reports.map(({ metadata }) => dig(metadata, "resourceVersion"));

  const inApp = async (flavour: ReportFlavour) =>
    (await reportsOf(flavour)).find(({ metadata }) => dig(metadata, "namespace") === APP);

  const passedAt = async () =>
    total(
      (await guard?.ops("/metrics"))?.text ?? "",
      "keymate_guard_audit_last_complete_timestamp_seconds",
    );

  async function nextPasses(count: number): Promise<void> {
    for (let pass = 0; pass < count; pass += 1) {
      const last = await passedAt();
      await eventually(async () => (await passedAt()) > last, 30_000);
    }
  }

  for (const flavour of REPORT_FLAVOURS) {
    test(`${flavour}: the API server accepts what is printed, field by field`, async () => {
      await cluster.apply(JSON.stringify(badPod("shell")));
      const { out } = await runAudit(cluster.kubeconfig, "--format", flavour);
      assert.match(out, /kind: (Policy)?Report\n/);
      await cluster.apply(out, "--dry-run=server", "--validate=strict");
    });

    test(`${flavour}: one report for each namespace is written, and then left alone`, async () => {
      const kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard-audit");
      guard = await startGuard({
        command: "audit",
        args: [
          ...[`--kubeconfig=${kubeconfig}`, "--interval=1s", "--no-leader-elect"],
          `--report-to-cluster=${flavour}`,
        ],
        logFile: join(cluster.dir, `${flavour}.log`),
      });
      await guard.ready();
      await eventually(async () => (await inApp(flavour)) !== undefined, 20_000);
      const report = await inApp(flavour);
      assert.ok(Number(dig(report, "summary", "fail")) > 0);
      const rules = ownArray(report ?? {}, "results").map((result) => dig(result, "rule"));
      assert.ok(rules.includes("res-requests-required"), rules.join());
      await nextPasses(1);
      const before = versionsOf(await reportsOf(flavour));
      await nextPasses(2);
      assert.deepEqual(versionsOf(await reportsOf(flavour)), before);
    });

    test(`${flavour}: a report follows what it is about`, async () => {
      const counted = dig(await inApp(flavour), "summary", "fail");
      await cluster.apply(JSON.stringify(badPod("second")));
      await eventually(
        async () => Number(dig(await inApp(flavour), "summary", "fail")) > Number(counted),
        20_000,
      );
      await kubectl("delete", "pod", "second", "shell", "-n", APP, "--force", "--grace-period=0");
      await eventually(async () => {
        const left = ownArray((await inApp(flavour)) ?? {}, "results");
        return !left.some((result) => dig(result, "rule") === "res-requests-required");
      }, 20_000);
      assert.doesNotMatch(guard?.log() ?? "", /reports not written/);
      assert.equal(await guard?.stop(), 0);
    });
  }

  test("a report goes when nothing is left to say of its namespace", async () => {
    const gone = { apiVersion: "v1", kind: "Namespace", metadata: { name: "short-lived" } };
    const pod = { ...badPod("shell"), metadata: { name: "shell", namespace: "short-lived" } };
    await cluster.apply([gone, pod].map((object) => JSON.stringify(object)).join("\n---\n"));
    const kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard-audit");
    const args = [`--kubeconfig=${kubeconfig}`, "--interval=1s", "--report-to-cluster=openreports"];
    guard = await startGuard({
      command: "audit",
      args: [...args, "--no-leader-elect"],
      logFile: join(cluster.dir, "gone.log"),
    });
    await guard.ready();
    const ofIt = async () =>
      (await reportsOf("openreports")).some(
        ({ metadata }) => dig(metadata, "namespace") === "short-lived",
      );
    await eventually(ofIt, 20_000);
    await kubectl("delete", "pod", "shell", "-n", "short-lived", "--force", "--grace-period=0");
    await eventually(async () => !(await ofIt()), 20_000);
    assert.equal(await guard.stop(), 0);
  });
});
