import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAllDocuments, stringify } from "yaml";
import { eventually } from "../../cluster/eventually.ts";
import { exposedMetrics } from "../../monitoring/exposed.ts";
import { shippedAlerts } from "../../monitoring/rules.ts";
import { samplesOf } from "../support/counters.ts";
import { namespace, workload } from "../support/manifests.ts";
import { Platform, refusal, succeeded } from "../support/platform.ts";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const MANIFESTS = path("../../../manifests");
const RUNBOOKS = path("../../../docs/runbooks");
const CRDS = path("../practices/crds/prometheus-operator.yaml");
const KINDS = ["ServiceMonitor", "PrometheusRule"];

let platform: Platform;

before(async () => {
  platform = await Platform.start({
    args: ["--events=true"],
    before: async (cluster) => {
      succeeded(await cluster.kubectl(["apply", "--server-side", "-f", CRDS]));
      succeeded(await cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]));
    },
  });
});

after(() => platform?.stop());

interface Built {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly spec: unknown;
  readonly data?: Record<string, string>;
}

async function built(folder: string): Promise<readonly Built[]> {
  const { stdout } = succeeded(await platform.kubectl("kustomize", folder));
  return parseAllDocuments(stdout).map((document) => document.toJS() as Built);
}

test("the monitoring overlay is taken by the API server, and the guard has nothing against it", async () => {
  const folder = join(MANIFESTS, "overlays", "monitoring");
  const all = await platform.kubectl(
    "apply",
    "-k",
    folder,
    "--dry-run=server",
    "--server-side",
    "--force-conflicts",
  );
  succeeded(all);
  const ours = (await built(folder)).filter(
    ({ kind, metadata }) => KINDS.includes(kind) || metadata.labels?.["grafana_dashboard"] === "1",
  );
  assert.equal(ours.length, 3);
  const applied = await platform.cluster.apply(ours.map((one) => stringify(one)).join("---\n"));
  for (const what of [
    "servicemonitor.monitoring.coreos.com/keymate-guard created",
    "prometheusrule.monitoring.coreos.com/keymate-guard created",
    "configmap/keymate-guard-dashboard created",
  ]) {
    assert.ok(applied.includes(what), applied);
  }
  const board = ours.find(({ kind }) => kind === "ConfigMap")?.data?.["keymate-guard.json"];
  assert.equal(board, readFileSync(join(MANIFESTS, "monitoring", "dashboard.json"), "utf8"));
  const service = (await built(folder)).find(({ kind }) => kind === "Service");
  assert.match(JSON.stringify(service?.spec), /"name":"ops"/);
});

test("the overlay has one place to say where runbooks lie, and applies nothing of it", async () => {
  const copy = join(platform.cluster.dir, "manifests");
  cpSync(MANIFESTS, copy, { recursive: true });
  const file = join(copy, "overlays", "monitoring", "kustomization.yaml");
  const base = "https://git.example/guard/docs";
  writeFileSync(file, readFileSync(file, "utf8").replace("base=docs", `base=${base}`));
  const objects = await built(join(copy, "overlays", "monitoring"));
  const rule = objects.find(({ kind }) => kind === "PrometheusRule");
  const urls = JSON.stringify(rule?.spec).match(/"runbook_url":"[^"]+"/g) ?? [];
  assert.deepEqual(
    urls,
    shippedAlerts().map(({ alert }) => `"runbook_url":"${base}/runbooks/${alert}.md"`),
  );
  assert.ok(!objects.some(({ metadata }) => metadata.name === "keymate-guard-runbooks"));
});

test("a guard in a cluster shows every metric that is registered, with its labels and no others", async (t) => {
  refusal(await platform.send("create", workload("StatefulSet", "platform-data/db")));
  const known = await exposedMetrics();
  const page = (await platform.guard.ops("/metrics")).text;
  const names = [...page.matchAll(/^# TYPE (\S+) /gm)].map(([, name = ""]) => name);
  const registered = [...known.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ""));
  assert.deepEqual(new Set(names), new Set(registered));
  let samples = 0;
  for (const [name, labels] of known) {
    for (const sample of samplesOf(page, name)) {
      assert.deepEqual(Object.keys(sample.labels).sort(), [...labels].sort(), name);
      samples += 1;
    }
  }
  t.diagnostic(`${names.length} metrics, ${samples} samples`);
});

test("commands of the runbooks run on a real API server", async (t) => {
  const here = /^kubectl (?!.*(?:\blogs\b|\btop\b|\bport-forward\b))/;
  let tried = 0;
  for (const name of readdirSync(RUNBOOKS)) {
    const text = readFileSync(join(RUNBOOKS, name), "utf8");
    for (const [, block = ""] of text.matchAll(/```sh\n([\s\S]*?)```/g)) {
      for (const line of block.split("\n").filter((one) => here.test(one))) {
        // What follows a pipe works on what kubectl printed.
        const [command = ""] = line.split(" | ");
        const args = (command.match(/(?:'[^']*'|[^\s'])+/g) ?? []).slice(1);
        const plain = args.map((one) => one.replaceAll("'", ""));
        const result = await platform.kubectl(...plain);
        assert.equal(result.code, 0, `${name}: ${line}\n${result.stderr}`);
        tried += 1;
      }
    }
  }
  t.diagnostic(`${tried} commands`);
});

test("the API server counts calls that fail by the names and labels that alerts look at", async () => {
  await platform.guard.stop("SIGKILL");
  const refused = await platform.send("create", workload("Deployment", "platform-data/seen"));
  assert.match(refused.stderr, /failed calling webhook "enforce-/);
  succeeded(await platform.send("create", namespace("somewhere")));
  await eventually(async () => {
    const page = await platform.cluster.metrics();
    const rejected = samplesOf(page, "apiserver_admission_webhook_rejection_count").filter(
      ({ labels }) => labels["error_type"] === "calling_webhook_error",
    );
    const open = samplesOf(page, "apiserver_admission_webhook_fail_open_count");
    const ours = (labels: Readonly<Record<string, string>>, ...names: readonly string[]) =>
      /.+[.]guard[.]keymate[.]io$/.test(labels["name"] ?? "") &&
      Object.keys(labels).sort().join() === names.join();
    return (
      rejected.some(({ labels }) =>
        ours(labels, "error_type", "name", "operation", "rejection_code", "type"),
      ) && open.some(({ labels }) => ours(labels, "name", "type"))
    );
  });
});

test("the emergency exit of the runbooks lets everything in", async () => {
  const text = readFileSync(join(RUNBOOKS, "KeymateGuardNoReadyReplica.md"), "utf8");
  const command = /```sh emergency\nkubectl (.*)\n```/.exec(text)?.[1] ?? "";
  succeeded(await platform.kubectl(...command.split(" ")));
  await eventually(async () => {
    const sent = await platform.send("apply", workload("Deployment", "platform-data/seen"));
    return sent.code === 0;
  });
});
