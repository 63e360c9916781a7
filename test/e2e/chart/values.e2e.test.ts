import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { DERIVED_FROM } from "../../../scripts/gen/chart/values-schema.ts";
import { auditPolicyRules } from "../../../scripts/gen/chart.ts";
import { loadFiles } from "../../../src/adapters/files/load.ts";
import { loadPolicy } from "../../../src/config/load-policy.ts";
import { parseArguments } from "../../../src/config/parse-arguments.ts";
import { resolveSettings } from "../../../src/config/settings.ts";
import { GLOBAL_SETTINGS } from "../../../src/config/settings-global.ts";
import { SERVE_SETTINGS } from "../../../src/config/settings-serve.ts";
import { dig, type JsonObject } from "../../../src/kubernetes/json.ts";
import { RULES } from "../../../src/rules/index.ts";
import { checkFiles } from "../../../src/usecases/check-files.ts";
import { createHelm } from "../../cluster/helm.ts";
import { rawObject } from "../../support/builders.ts";
import { succeeded } from "../support/platform.ts";
import { CHART, one, rendered, template } from "./render.ts";

const TABLE = { ...GLOBAL_SETTINGS, ...SERVE_SETTINGS };
const EXAMPLES = readdirSync(join(CHART, "examples")).map((name) => ({
  name,
  values: parse(readFileSync(join(CHART, "examples", name), "utf8")) as JsonObject,
}));

/** Settings that the chart hands over, none of them the default. */
const SERVE: Readonly<Record<string, string | number | boolean>> = {
  host: "::",
  port: 9443,
  opsPort: 9081,
  mode: "warn",
  cluster: "kubeconfig",
  kubeconfig: "/etc/other/kubeconfig",
  context: "other cluster",
  state: "/etc/state",
  certSource: "files",
  certDir: "/etc/certs",
  leafLife: "30d",
  caLife: "365d",
  caOverlap: "5m",
  caDrop: "12h",
  manageWebhooks: false,
  drain: "20s",
  logLevel: "debug",
  logFormat: "json",
  events: false,
  failPolicy: "auto",
  failAfterReplicas: 3,
  failAfter: "90s",
  clientCa: "/etc/client-ca/ca.crt",
};

function container(objects: readonly JsonObject[], name = "keymate-guard"): JsonObject {
  const containers = dig(
    one(objects, "Deployment", name),
    "spec",
    "template",
    "spec",
    "containers",
  );
  return (containers as JsonObject[])[0] as JsonObject;
}

test("helm lint has nothing to say against the chart", async () => {
  const helm = await createHelm("/dev/null", tmpdir());
  const { stdout, stderr } = succeeded(await helm(["lint", "--strict", CHART]));
  assert.doesNotMatch(stdout + stderr, /\[(?:WARNING|ERROR)\]/);
});

test("every setting of serve reaches the guard as it was given", async () => {
  const known = Object.keys({ ...SERVE, ...DERIVED_FROM, config: "", help: "", version: "" });
  assert.deepEqual(known.sort(), Object.keys(TABLE).sort());
  const objects = await rendered({ serve: SERVE, service: { port: 8443 } });
  const [command, ...args] = container(objects)["args"] as string[];
  assert.equal(command, "serve");
  const parsed = parseArguments(args, TABLE, { maxPositionals: 0 });
  assert.deepEqual(parsed.problems, []);
  const resolved = resolveSettings(TABLE, { flags: parsed.flags, environment: {} });
  assert.ok(resolved.ok);
  for (const [key, value] of Object.entries(SERVE)) {
    const wanted = TABLE[key as keyof typeof TABLE].parse(String(value));
    assert.deepEqual({ key, ok: true, value: resolved.values[key as never] }, { key, ...wanted });
  }
  assert.equal(resolved.values.servicePort, 8443);
  assert.equal(resolved.values.policy, "/etc/keymate-guard/policy.yaml");
});

test("ports of container, probes and Service follow the settings", async () => {
  const objects = await rendered({ serve: { port: 9443, opsPort: 9081 }, service: { port: 8443 } });
  assert.deepEqual(container(objects)["ports"], [
    { name: "admission", containerPort: 9443 },
    { name: "ops", containerPort: 9081 },
  ]);
  assert.deepEqual(dig(one(objects, "Service"), "spec", "ports"), [
    { name: "admission", port: 8443, targetPort: "admission" },
    { name: "ops", port: 8081, targetPort: "ops" },
  ]);
});

test("entries that somebody else writes need no permission to write them", async () => {
  const objects = await rendered({ serve: { manageWebhooks: false } });
  const roles = objects.filter(({ kind }) => kind === "ClusterRole");
  assert.deepEqual(
    roles.map((role) => dig(role, "metadata", "name")),
    ["keymate-guard"],
  );
  assert.ok(one(objects, "ValidatingWebhookConfiguration"));
});

test("a digest wins over a tag, and neither is the version of the chart", async () => {
  const image = async (values: object) => container(await rendered({ image: values }))["image"];
  const digest = `sha256:${"0".repeat(64)}`;
  assert.equal(await image({}), "keymate-guard:0.1.0");
  assert.equal(await image({ repository: "r.example/g", tag: "1.2.3" }), "r.example/g:1.2.3");
  assert.equal(await image({ tag: "1.2.3", digest }), `keymate-guard@${digest}`);
});

test("labels and annotations of one's own reach every object and replace none of ours", async () => {
  const objects = await rendered({
    commonLabels: { team: "identity", "app.kubernetes.io/name": "other" },
    commonAnnotations: { "example.com/owner": "identity" },
    podLabels: { zone: "a", "policy.keymate.io/component": "other" },
    podAnnotations: { "example.com/pod": "x" },
  });
  for (const { kind, metadata } of objects) {
    const { labels, annotations } = metadata as Record<string, JsonObject>;
    assert.equal(labels?.["team"], "identity", String(kind));
    assert.equal(labels?.["app.kubernetes.io/name"], "keymate-guard", String(kind));
    assert.deepEqual(annotations, { "example.com/owner": "identity" }, String(kind));
  }
  const pod = dig(one(objects, "Deployment"), "spec", "template", "metadata");
  assert.deepEqual(pod, {
    labels: {
      "app.kubernetes.io/name": "keymate-guard",
      "app.kubernetes.io/part-of": "keymate",
      "policy.keymate.io/component": "none",
      zone: "a",
    },
    annotations: { "example.com/pod": "x" },
  });
});

test("placement, environment and volumes are handed on", async () => {
  const values = {
    nodeSelector: { disk: "ssd" },
    tolerations: [{ key: "dedicated", operator: "Exists", effect: "NoSchedule" }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [],
    priorityClassName: "",
    extraEnv: [{ name: "NODE_EXTRA_CA_CERTS", value: "/ca/ca.crt" }],
    extraVolumes: [{ name: "ca", configMap: { name: "ca" } }],
    extraVolumeMounts: [{ name: "ca", mountPath: "/ca" }],
  };
  const objects = await rendered(values);
  const pod = dig(one(objects, "Deployment"), "spec", "template", "spec") as JsonObject;
  for (const key of ["nodeSelector", "tolerations", "affinity"] as const) {
    assert.deepEqual(pod[key], values[key], key);
  }
  assert.equal(pod["topologySpreadConstraints"], undefined);
  assert.equal(pod["priorityClassName"], undefined);
  assert.ok(!objects.some(({ kind }) => kind === "ResourceQuota"));
  assert.deepEqual(container(objects)["env"], values.extraEnv);
  assert.deepEqual(
    (container(objects)["volumeMounts"] as unknown[])[1],
    values.extraVolumeMounts[0],
  );
  assert.deepEqual((pod["volumes"] as unknown[])[1], values.extraVolumes[0]);
});

test("what is switched off is not rendered, and nobody may read metrics where nobody is named", async () => {
  const off = { enabled: false };
  const kinds = (await rendered({ podDisruptionBudget: off, networkPolicy: off })).map(
    ({ kind }) => kind,
  );
  assert.ok(!kinds.includes("PodDisruptionBudget") && !kinds.includes("NetworkPolicy"));
  const closed = await rendered({ networkPolicy: { metricsFrom: [] } });
  assert.deepEqual(dig(one(closed, "NetworkPolicy"), "spec", "ingress"), [
    { ports: [{ port: "admission", protocol: "TCP" }] },
  ]);
});

const REFUSED: readonly (readonly [object, RegExp])[] = [
  [{ serve: { mod: "warn" } }, /at '\/serve': additional properties 'mod' not allowed/],
  [
    { serve: { mode: "off" } },
    /at '\/serve\/mode': value must be one of 'enforce', 'warn', 'audit'/,
  ],
  [{ serve: { leafLife: "soon" } }, /at '\/serve\/leafLife': 'soon' does not match pattern/],
  [{ replica: 3 }, /at '': additional properties 'replica' not allowed/],
  [
    { policy: { spec: { rules: { "res-nothing": { mode: "warn" } } } } },
    /at '\/policy\/spec\/rules': additional properties 'res-nothing' not allowed/,
  ],
  [
    { replicas: 1 },
    /podDisruptionBudget\.minAvailable 1 of 1 replicas would let no node be drained/,
  ],
  [{ certificates: { certManager: { enabled: true } } }, /set serve\.certSource to files/],
  [{ serve: { cluster: "none", manageWebhooks: true } }, /serve\.cluster is none/],
  [{ serve: { port: 8081 } }, /serve\.port and serve\.opsPort must differ/],
  [{ service: { port: 8081 } }, /service\.port and service\.opsPort must differ/],
];

for (const [values, sentence] of REFUSED) {
  test(`${JSON.stringify(values)} is refused before anything is sent`, async () => {
    const { code, stdout, stderr } = await template(values);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, sentence);
  });
}

for (const { name, values } of [{ name: "no values", values: {} }, ...EXAMPLES]) {
  test(`${name}: rendered, it holds no certificate, and passes our own rules`, async () => {
    const { stdout } = succeeded(await template(values));
    assert.doesNotMatch(stdout, /caBundle|BEGIN |^webhooks:|^data: *\{|ca\.key|stringData/m);
    const files = loadFiles(["-"], Buffer.from(stdout));
    assert.deepEqual(files.failures, []);
    const loaded = loadPolicy({ rules: RULES });
    assert.ok(loaded.ok);
    const namespace = rawObject("v1", "Namespace", "keymate-guard", {
      metadata: { labels: { "policy.keymate.io/layer": "infrastructure" } },
    });
    const { report } = checkFiles(files, {
      policy: loaded.policy,
      now: 0,
      namespace: "keymate-guard",
      state: [namespace],
    });
    assert.deepEqual(
      report.findings.filter(({ mode }) => mode !== "audit"),
      [],
    );
    assert.ok(report.summary.objects > 10);
  });
}

test("dashboards, alerts and the audit are refused as long as the chart does not hold them", async () => {
  const chart = bareChart();
  for (const [values, what] of [
    [{ monitoring: { dashboard: { enabled: true } } }, "files/dashboard.json"],
    [{ monitoring: { rules: { enabled: true } } }, "files/prometheus-rule.yaml"],
    [{ audit: { enabled: true } }, "this version has no `keymate-guard audit --watch`"],
  ] as const) {
    const { code, stderr } = await template(values, chart);
    assert.equal(code, 1);
    assert.ok(stderr.includes(what), stderr);
  }
  rmSync(chart, { recursive: true });
});

test("dashboards and alerts are taken from the files of the chart", async () => {
  const chart = bareChart();
  const spec = { groups: [{ name: "g", rules: [{ alert: "A", expr: "up == 0" }] }] };
  writeFileSync(join(chart, "files/prometheus-rule.yaml"), JSON.stringify({ spec }));
  const dashboard = `{\n  "title": "{{instance}}"\n}\n`;
  writeFileSync(join(chart, "files/dashboard.json"), dashboard);
  const on = { enabled: true };
  const objects = await rendered({ monitoring: { dashboard: on, rules: on } }, chart);
  assert.deepEqual(one(objects, "PrometheusRule")["spec"], spec);
  const { data, metadata } = one(objects, "ConfigMap", "keymate-guard-dashboard");
  assert.equal(dig(metadata, "labels", "grafana_dashboard"), "1");
  assert.deepEqual(JSON.parse(String(dig(data, "keymate-guard.json"))), JSON.parse(dashboard));
  rmSync(chart, { recursive: true });
});

test("an audit has an account of its own, which reads, and writes nothing but its Lease", async () => {
  const chart = bareChart();
  writeFileSync(join(chart, "files/audit-rules.yaml"), auditPolicyRules(RULES));
  const objects = await rendered({ audit: { enabled: true } }, chart);
  rmSync(chart, { recursive: true });
  const name = "keymate-guard-audit";
  const pod = dig(one(objects, "Deployment", name), "spec", "template", "spec");
  assert.equal(dig(pod, "serviceAccountName"), name);
  assert.deepEqual(container(objects, name)["args"], [
    "audit",
    "--watch",
    "--policy=/etc/keymate-guard/policy.yaml",
  ]);
  const rules = one(objects, "ClusterRole", name)["rules"] as JsonObject[];
  for (const { verbs } of rules) {
    for (const verb of verbs as string[]) assert.ok(["list", "watch"].includes(verb), verb);
  }
  assert.ok(!rules.some(({ resources }) => (resources as string[]).includes("secrets")));
  assert.deepEqual(one(objects, "Role", name)["rules"], [
    {
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      resourceNames: [name],
      verbs: ["get", "update"],
    },
  ]);
  assert.equal(one(objects, "Lease", name)["spec"], undefined);
  const service = dig(one(objects, "Service"), "spec", "selector", "app.kubernetes.io/name");
  assert.notEqual(service, name, "the Service leads to guards alone");
});

test("an audit may write reports where it is told to, of that kind alone", async () => {
  const role = "keymate-guard-audit-reports";
  const settings = { reportToCluster: "openreports" };
  const objects = await rendered({ audit: { enabled: true, settings } });
  const [rule] = one(objects, "ClusterRole", role)["rules"] as JsonObject[];
  assert.deepEqual(rule?.["apiGroups"], ["openreports.io"]);
  assert.ok(
    (container(objects, "keymate-guard-audit")["args"] as string[]).includes(
      "--report-to-cluster=openreports",
    ),
  );
  const without = await rendered({ audit: { enabled: true } });
  assert.throws(() => one(without, "ClusterRole", role));
});

/** A copy without what other parts of the repository bring. */
function bareChart(): string {
  const chart = mkdtempSync(join(tmpdir(), "keymate-guard-chart-"));
  cpSync(CHART, chart, { recursive: true });
  for (const file of ["dashboard.json", "prometheus-rule.yaml", "audit-rules.yaml"]) {
    rmSync(join(chart, "files", file), { force: true });
  }
  return chart;
}
