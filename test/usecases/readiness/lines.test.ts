import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadFiles } from "../../../src/adapters/files/load.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { metadataOf, nameOf } from "../../../src/kubernetes/object.ts";
import { audit } from "../../../src/usecases/audit.ts";
import type { KindAnswer } from "../../../src/usecases/audit-view.ts";
import { dumpAnswers } from "../../../src/usecases/dump-answers.ts";
import { LINES } from "../../../src/usecases/readiness/lines.ts";
import type { ReadinessLine } from "../../../src/usecases/readiness.ts";
import { Snapshot } from "../../../src/usecases/snapshot.ts";
import { rawObject } from "../../support/builders.ts";
import { policyWith } from "../../support/policy.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const FOLDER = fileURLToPath(new URL("../../../examples/platform", import.meta.url));
const PLATFORM = loadFiles([FOLDER]).objects.map(({ object }) => object);

interface Change {
  /** Objects of the platform that are left out. */
  readonly without?: (object: JsonObject) => boolean;
  readonly change?: (object: JsonObject) => JsonObject;
  readonly more?: readonly JsonObject[];
  readonly answers?: Readonly<Record<string, KindAnswer>>;
  readonly policy?: JsonObject;
  readonly namespaces?: readonly string[];
}

function linesOf(parts: Change = {}): readonly ReadinessLine[] {
  const { without = () => false, change = (object) => object, more = [], answers = {} } = parts;
  const policy = policyWith(parts.policy);
  const { namespaces = [] } = parts;
  const snapshot = new Snapshot({ policy, namespaces, project: (_, object) => object });
  const objects = PLATFORM.filter((object) => !without(object)).map(change);
  for (const object of [...objects, ...more]) snapshot.add(object);
  const all = new Map([
    ...dumpAnswers(snapshot.view, snapshot.kinds.all),
    ...Object.entries(answers),
  ]);
  const { report, faults } = audit(snapshot, all, { policy, namespaces, now: NOW });
  assert.deepEqual(faults, []);
  return report.readiness ?? [];
}

function line(id: string, parts?: Change): ReadinessLine {
  const found = linesOf(parts).find((one) => one.id === id);
  assert(found, id);
  return found;
}

const is = (kind: string, name?: string) => (object: JsonObject) =>
  object["kind"] === kind && (name === undefined || nameOf(object) === name);

const annotated = (object: JsonObject, annotations: object): JsonObject => ({
  ...object,
  metadata: { ...metadataOf(object), annotations },
});

/** Old enough to have all that belongs to it. */
const aged = (object: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...metadataOf(object), creationTimestamp: "2026-01-01T00:00:00Z" },
});

const PERMISSION = "needs permission to list it";
const UNREADABLE: KindAnswer = { state: "unreadable", reason: PERMISSION };

test("the lines stand in the order of the guide's scenario, under ids that stay", () => {
  const ids = [
    "critical-replicas",
    "stateful-budgets",
    "requests-limits",
    "monitoring-flows",
    "alerts-fire",
    "backup-restore",
    "network-policies",
  ];
  assert.deepEqual(
    LINES.map(({ id }) => id),
    ids,
  );
  assert.deepEqual(
    linesOf().map(({ id }) => id),
    ids,
  );
});

suite("critical-replicas", () => {
  const keycloak = is("Deployment", "keycloak");

  test("passes with a workload of every critical component, and names them", () => {
    const { status, evidence, notVerified } = line("critical-replicas");
    assert.equal(status, "pass");
    assert.equal(notVerified, undefined);
    const text = evidence.join("\n");
    assert.match(text, /identity-provider: Deployment platform-application\/keycloak, 2 replicas/);
    assert.match(text, /api-gateway: .* at least 2 replicas by HorizontalPodAutoscaler kong/);
    assert.match(text, /relational-database: Cluster platform-data\/pg-main, 3 replicas/);
  });

  test("is not verified while a critical component has no workload", () => {
    const { status, notVerified } = line("critical-replicas", { without: keycloak });
    assert.equal(status, "not-verified");
    assert.deepEqual(notVerified, ["no workload of component identity-provider found"]);
  });

  test("fails with a single replica, and shows the finding first", () => {
    const { status, evidence } = line("critical-replicas", {
      change: (object) =>
        keycloak(object)
          ? { ...object, spec: { ...(object["spec"] as object), replicas: 1 } }
          : object,
    });
    assert.equal(status, "fail");
    assert.match(
      evidence[0] ?? "",
      /^enforce \[ha-min-replicas\] Deployment platform-application\/keycloak: /,
    );
  });

  test("is not verified where a rule is switched off", () => {
    const policy = { rules: { "ha-min-replicas": { mode: "off" } } };
    const { status, notVerified } = line("critical-replicas", { policy });
    assert.equal(status, "not-verified");
    assert.deepEqual(notVerified, ["no rule in force speaks in audits: ha-min-replicas"]);
  });

  test("warns of what is only audited within a layer, and never passes it", () => {
    const policy = { rules: { "ha-min-replicas": { mode: "audit" } } };
    const { status } = line("critical-replicas", {
      policy,
      change: (object) =>
        keycloak(object)
          ? { ...object, spec: { ...(object["spec"] as object), replicas: 1 } }
          : object,
    });
    assert.equal(status, "warn");
  });
});

suite("stateful-budgets", () => {
  test("names the budget of each stateful service", () => {
    const { status, evidence } = line("stateful-budgets");
    assert.equal(status, "pass");
    const own = "StatefulSet platform-data/valkey: PodDisruptionBudget platform-data/valkey";
    assert.ok(evidence.includes(own));
  });

  test("warns of one without a budget", () => {
    const { status, evidence, notVerified } = line("stateful-budgets", {
      without: is("PodDisruptionBudget", "valkey"),
      change: aged,
    });
    assert.equal(status, "warn");
    assert.match(
      evidence[0] ?? "",
      /^warn \[pdb-required\] StatefulSet platform-data\/valkey: no PDB/,
    );
    assert.deepEqual(notVerified, ["StatefulSet platform-data/valkey has no PodDisruptionBudget"]);
  });

  test("does not pass while a new one has no budget yet", () => {
    const { status } = line("stateful-budgets", { without: is("PodDisruptionBudget", "valkey") });
    assert.equal(status, "not-verified");
  });

  test("is not verified while budgets may not be listed", () => {
    const answers = { "PodDisruptionBudget.policy": UNREADABLE };
    const { status, notVerified } = line("stateful-budgets", {
      answers,
      without: is("PodDisruptionBudget"),
      change: aged,
    });
    // What was found all the same is worth a warning, the rest is not verified.
    assert.equal(status, "warn");
    assert.deepEqual(notVerified, [PERMISSION]);
  });

  test("is not applicable without stateful services", () => {
    const isStateful = (object: JsonObject) => is("StatefulSet")(object) || is("Cluster")(object);
    assert.equal(line("stateful-budgets", { without: isStateful }).status, "not-applicable");
  });
});

suite("requests-limits", () => {
  test("counts what was judged", () => {
    const { status, evidence } = line("requests-limits");
    assert.equal(status, "pass");
    assert.match(evidence[0] ?? "", /^\d+ workloads with \d+ containers in 4 namespaces/);
  });

  test("fails with a Pod that has none", () => {
    const spec = { containers: [{ name: "shell", image: "shell:1" }] };
    const pod = rawObject("v1", "Pod", "shell", { namespace: "platform-application", spec });
    assert.equal(line("requests-limits", { more: [pod] }).status, "fail");
  });

  test("leaves out what lies outside of the platform", () => {
    const spec = { containers: [{ name: "shell", image: "shell:1" }] };
    const pod = rawObject("v1", "Pod", "shell", { namespace: "elsewhere", spec });
    assert.equal(line("requests-limits", { more: [pod] }).status, "pass");
  });

  test("is not verified while a kind of workload may not be listed", () => {
    const answers = { "DaemonSet.apps": UNREADABLE };
    const { status, notVerified } = line("requests-limits", { answers });
    assert.equal(status, "not-verified");
    assert.deepEqual(notVerified, [PERMISSION]);
  });
});

suite("monitoring-flows", () => {
  const ready = (object: JsonObject) =>
    is("Deployment", "otel-collector")(object)
      ? { ...object, status: { readyReplicas: 2 } }
      : object;

  test("warns while the collector is not ready, though the rule about it only audits", () => {
    const { status, evidence } = line("monitoring-flows");
    assert.equal(status, "warn");
    assert.match(evidence[0] ?? "", /^audit \[mon-layer-present\] .* is not ready$/);
  });

  test("passes with a ready collector", () => {
    assert.equal(line("monitoring-flows", { change: ready }).status, "pass");
  });

  test("is not verified for some namespaces alone", () => {
    const { status, notVerified } = line("monitoring-flows", {
      change: ready,
      namespaces: ["platform-data"],
    });
    assert.equal(status, "not-verified");
    const whole = "judged with the whole platform only: mon-layer-present, mon-dashboards";
    assert.ok(notVerified?.includes(whole));
  });

  test("is not verified by a dump without Namespaces", () => {
    const { status } = line("monitoring-flows", { change: ready, without: is("Namespace") });
    assert.equal(status, "not-verified");
  });

  test("names the collector and how many of it are ready", () => {
    const { evidence, notVerified = [] } = line("monitoring-flows", { change: ready });
    assert.match(evidence.join("\n"), /otel-collector, 2 of 2 ready\n10|11 monitors: /);
    assert.ok(!notVerified.includes("no telemetry-collector is ready"));
  });

  test("warns of a critical component that no monitor reaches", () => {
    const { status, evidence } = line("monitoring-flows", {
      change: ready,
      without: is("PodMonitor", "pg-main"),
    });
    assert.equal(status, "warn");
    assert.match(
      evidence[0] ?? "",
      /^warn \[mon-scrape-target\] Cluster platform-data\/pg-main: no /,
    );
  });

  test("is not verified where monitors may not be listed", () => {
    const reason = "needs permission to list podmonitors.monitoring.coreos.com";
    const { status, notVerified } = line("monitoring-flows", {
      change: ready,
      answers: { "PodMonitor.monitoring.coreos.com": { state: "unreadable", reason } },
    });
    assert.equal(status, "not-verified");
    assert.ok(notVerified?.includes(reason));
  });

  test("claims nothing of what a Prometheus selects", () => {
    const { evidence } = line("monitoring-flows", { change: ready });
    assert.match(
      evidence.join("\n"),
      /monitors: .*; whether a Prometheus selects them is not verified$/m,
    );
  });

  test("is not verified without the kinds of the Prometheus operator", () => {
    const absent: KindAnswer = { state: "absent" };
    const { status, notVerified = [] } = line("monitoring-flows", {
      change: ready,
      answers: {
        "ServiceMonitor.monitoring.coreos.com": absent,
        "PodMonitor.monitoring.coreos.com": absent,
      },
    });
    assert.equal(status, "not-verified");
    const missing = "servicemonitors.monitoring.coreos.com, podmonitors.monitoring.coreos.com";
    assert.ok(notVerified.includes(`none of these is installed: ${missing}`));
  });
});

suite("alerts-fire", () => {
  test("names who covers each class of fault", () => {
    const { evidence } = line("alerts-fire");
    assert.ok(evidence.includes("cert-expiry: PrometheusRule platform-observability/platform"));
  });

  test("shows how long ago a drill was, and none that lies ahead", () => {
    const key = "policy.keymate.io/last-alert-drill";
    const drilled = (at: string) => ({
      change: (object: JsonObject) =>
        is("Namespace", "platform-observability")(object)
          ? annotated(object, { [key]: at })
          : object,
    });
    const shown = "last alert drill 21 d ago (Namespace platform-observability)";
    assert.ok(line("alerts-fire", drilled("2026-11-02T12:00:00Z")).evidence.includes(shown));
    const ahead = line("alerts-fire", drilled("2027-01-01T00:00:00Z"));
    assert.equal(ahead.status, "warn");
    assert.doesNotMatch(ahead.evidence.join(), /last alert drill/);
  });
});

suite("backup-restore", () => {
  const backup = rawObject("postgresql.cnpg.io/v1", "Backup", "pg-main-1", {
    namespace: "platform-data",
    spec: { cluster: { name: "pg-main" } },
    status: { phase: "completed", stoppedAt: "2026-11-23T07:00:00Z" },
  });
  const restore = rawObject("velero.io/v1", "Restore", "drill", {
    namespace: "velero",
    status: { phase: "Completed", completionTimestamp: "2026-11-13T12:00:00Z" },
  });

  /** The example says itself when somebody last tried. */
  const unmarked = (object: JsonObject) =>
    is("Namespace")(object) ? annotated(object, {}) : object;

  test("names the newest backup and its age, and the last restore", () => {
    const { evidence } = line("backup-restore", { more: [backup, restore], change: unmarked });
    const own = "Cluster platform-data/pg-main: newest backup Backup pg-main-1, 5 h old";
    assert.ok(evidence.includes(own), evidence.join("\n"));
    assert.ok(evidence.includes("last restore test 240 h ago (Restore velero/drill)"));
  });

  test("is not verified while the first backup of a young database may still come", () => {
    const young = (object: JsonObject) => ({
      ...object,
      metadata: { ...metadataOf(object), creationTimestamp: "2026-11-23T11:00:00Z" },
    });
    const { status, notVerified = [] } = line("backup-restore", { change: young });
    assert.equal(status, "not-verified");
    assert.ok(notVerified.includes("no completed backup of Cluster platform-data/pg-main known"));
  });

  test("never passes without a completed backup", () => {
    const failed = { ...backup, status: { phase: "failed" } };
    const { status, evidence } = line("backup-restore", { more: [failed] });
    assert.equal(status, "warn");
    assert.match(evidence.join(), /\[backup-recent\] Cluster platform-data\/pg-main: no completed/);
  });
});

suite("network-policies", () => {
  test("passes with a default deny in each namespace", () => {
    assert.equal(line("network-policies").status, "pass");
  });

  test("warns of a data namespace without", () => {
    const { status, evidence } = line("network-policies", {
      without: (object) =>
        is("NetworkPolicy", "default-deny")(object) &&
        metadataOf(object)?.["namespace"] === "platform-data",
    });
    assert.equal(status, "warn");
    assert.match(evidence[0] ?? "", /^warn \[net-default-deny\] Namespace platform-data: no /);
  });

  test("names the default deny of each namespace", () => {
    const { evidence } = line("network-policies");
    assert.ok(evidence.includes("default deny in platform-data: NetworkPolicy default-deny"));
  });

  test("names the policy by which mutual TLS is strict in each namespace", () => {
    const own = line("network-policies").evidence.filter((text) => text.startsWith("mutual TLS"));
    assert.deepEqual(own, [
      "mutual TLS is strict in platform-application: PeerAuthentication platform-application/default",
      "mutual TLS is strict in platform-data: PeerAuthentication platform-data/default",
      "mutual TLS is strict in platform-infrastructure: PeerAuthentication platform-infrastructure/default",
      "mutual TLS is strict in platform-observability: PeerAuthentication platform-observability/default",
    ]);
  });

  test("warns of a namespace that accepts plaintext because nobody says otherwise", () => {
    const { status, evidence } = line("network-policies", {
      without: (object) =>
        is("PeerAuthentication")(object) && metadataOf(object)?.["namespace"] === "platform-data",
    });
    assert.equal(status, "warn");
    assert.match(evidence[0] ?? "", /^warn \[net-mtls\] Namespace platform-data: .* PERMISSIVE/);
    assert.ok(!evidence.some((text) => text.includes("strict in platform-data")));
  });

  test("is not verified where Istio's own kind may not be listed", () => {
    const reason = "needs permission to list peerauthentications.security.istio.io";
    const answers = {
      "PeerAuthentication.security.istio.io": { state: "unreadable", reason },
    } as const;
    const { status, notVerified = [] } = line("network-policies", {
      without: is("PeerAuthentication"),
      answers,
    });
    assert.equal(status, "not-verified");
    assert.ok(notVerified.includes(reason));
  });

  test("is not verified without Istio's own kind", () => {
    const answers = { "PeerAuthentication.security.istio.io": { state: "absent" } as const };
    const { notVerified = [] } = line("network-policies", { answers });
    assert.ok(notVerified.includes("not installed: peerauthentications.security.istio.io"));
  });

  test("fails with a policy that lets everybody in", () => {
    const open = rawObject("networking.k8s.io/v1", "NetworkPolicy", "open", {
      namespace: "platform-data",
      spec: { podSelector: {}, ingress: [{}] },
    });
    assert.equal(line("network-policies", { more: [open] }).status, "fail");
  });
});
