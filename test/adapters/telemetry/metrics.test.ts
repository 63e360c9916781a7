import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { register as globalRegistry, Registry } from "prom-client";
import { createAuditMetrics } from "../../../src/adapters/telemetry/audit-metrics.ts";
import type { CacheState } from "../../../src/adapters/telemetry/cache-gauges.ts";
import { createEventMetrics } from "../../../src/adapters/telemetry/event-metrics.ts";
import { type GaugeSources, registerGauges } from "../../../src/adapters/telemetry/gauges.ts";
import { createMetrics } from "../../../src/adapters/telemetry/metrics.ts";
import {
  createProcessRegistry,
  metricsPage,
} from "../../../src/adapters/telemetry/metrics-page.ts";
import type { Decision } from "../../../src/engine/decision.ts";
import type { AdmissionRequest } from "../../../src/usecases/ports/admission.ts";

const request: AdmissionRequest = {
  uid: "u",
  kind: { group: "", version: "v1", kind: "Pod" },
  resource: { group: "", version: "v1", resource: "pods" },
  subResource: "",
  name: "secret-name",
  namespace: "secret-namespace",
  operation: "CREATE",
  user: { username: "secret-user", groups: [] },
  object: undefined,
  oldObject: undefined,
  dryRun: false,
};

const denied: Decision = {
  allowed: false,
  outcome: "denied",
  warnings: [],
  annotations: {},
  findings: [
    { rule: "res-zero", mode: "enforce" },
    { rule: "res-zero", mode: "enforce" },
    { rule: "pdb", mode: "audit" },
  ],
  faults: ["rule"],
};

function counted() {
  const registry = new Registry();
  const metrics = createMetrics(registry, (kind) => kind === "Pod");
  return { metrics, text: () => registry.metrics() };
}

function has(page: string, ...lines: string[]): void {
  for (const line of lines)
    assert.ok(page.split("\n").includes(line), `${line}\nis not in\n${page}`);
}

describe("metrics", () => {
  test("count a decision with its findings and faults", async () => {
    const { metrics, text } = counted();
    metrics.admission("/validate", request, denied, 0.004);
    has(
      await text(),
      'keymate_guard_admission_requests_total{path="/validate",operation="CREATE",kind="Pod",outcome="denied",dry_run="false"} 1',
      'keymate_guard_admission_duration_seconds_bucket{le="0.0025",path="/validate"} 0',
      'keymate_guard_admission_duration_seconds_bucket{le="0.005",path="/validate"} 1',
      'keymate_guard_admission_duration_seconds_sum{path="/validate"} 0.004',
      'keymate_guard_findings_total{rule="res-zero",mode="enforce",door="admission"} 2',
      'keymate_guard_findings_total{rule="pdb",mode="audit",door="admission"} 1',
      'keymate_guard_internal_errors_total{where="rule"} 1',
    );
  });

  test("count on from one scrape to the next", async () => {
    const { metrics, text } = counted();
    for (const expected of [1, 2]) {
      metrics.admission("/validate", request, denied, 0.004);
      has(
        await text(),
        `keymate_guard_admission_requests_total{path="/validate",operation="CREATE",kind="Pod",outcome="denied",dry_run="false"} ${expected}`,
        `keymate_guard_findings_total{rule="res-zero",mode="enforce",door="admission"} ${2 * expected}`,
      );
    }
    assert.equal(await text(), await text());
  });

  test("count dry runs apart, and kinds that no rule names together", async () => {
    const { metrics, text } = counted();
    for (const kind of ["Widget", "Gadget"]) {
      const custom = { ...request, kind: { ...request.kind, kind }, dryRun: true };
      metrics.admission("/mutate", custom, { ...denied, findings: [], faults: [] }, 0.001);
    }
    has(
      await text(),
      'keymate_guard_admission_requests_total{path="/mutate",operation="CREATE",kind="other",outcome="denied",dry_run="true"} 2',
    );
  });

  test("count findings of other doors, faults and refusals", async () => {
    const { metrics, text } = counted();
    metrics.finding("pdb", "warn", "audit");
    metrics.internalError("cache");
    metrics.refused(413);
    has(
      await text(),
      'keymate_guard_findings_total{rule="pdb",mode="warn",door="audit"} 1',
      'keymate_guard_internal_errors_total{where="cache"} 1',
      'keymate_guard_http_refused_total{status="413"} 1',
    );
  });

  test("never carry a name, a namespace or a user", async () => {
    const { metrics, text } = counted();
    metrics.admission("/validate", request, denied, 0.004);
    assert.doesNotMatch(await text(), /secret/);
  });
});

describe("gauges", () => {
  const cache: Omit<CacheState, "kind"> = {
    objects: 0,
    synced: true,
    state: "synced",
    problem: false,
    lastEventAt: undefined,
    relists: 0,
    reconnects: 0,
    events: 0,
    bytes: 0,
  };
  const sources: GaugeSources = {
    version: "1.2.3",
    certificates: () => [
      { certificate: "leaf", notBefore: new Date(1_000), notAfter: new Date(2_000) },
      { certificate: "ca", notBefore: undefined, notAfter: new Date(3_000) },
    ],
    sharedCertificate: () => ({ generation: 5, state: "corrupt", clockSkewMs: -7_000 }),
    caBundleInSync: () => true,
    caches: () => [
      { ...cache, kind: "Pod", objects: 7, lastEventAt: 5_000, relists: 2, bytes: 4_096 },
      { ...cache, kind: "Node", synced: false, state: "cold", problem: true },
    ],
    policyLoadedAt: () => 4_000,
    policyLoadFailed: () => false,
    ready: () => true,
    certificateProblem: () => false,
    webhookWrites: () => [
      { configuration: "mutating", outcomes: { change: 1, repair: 2, failed: 0 } },
    ],
    draining: () => false,
    memoryLimit: () => 1_024,
    failPolicy: () => ({ stage: "proving", answering: 1 }),
    load: () => ({ requests: 3, bytes: 9 }),
  };

  async function page(overrides: Partial<GaugeSources> = {}): Promise<string> {
    const registry = new Registry();
    registerGauges(registry, { ...sources, ...overrides });
    await registry.metrics();
    return registry.metrics();
  }

  test("show what their sources say at the scrape", async () => {
    has(
      await page(),
      'keymate_guard_build_info{version="1.2.3"} 1',
      'keymate_guard_certificate_expiry_timestamp_seconds{certificate="leaf"} 2',
      'keymate_guard_certificate_expiry_timestamp_seconds{certificate="ca"} 3',
      "keymate_guard_certificate_generation 5",
      'keymate_guard_certificate_secret_state{state="corrupt"} 1',
      "keymate_guard_clock_skew_seconds -7",
      "keymate_guard_ca_bundle_in_sync 1",
      'keymate_guard_cache_objects{kind="Pod"} 7',
      'keymate_guard_cache_synced{kind="Node"} 0',
      'keymate_guard_cache_last_event_timestamp_seconds{kind="Pod"} 5',
      "keymate_guard_policy_loaded_timestamp_seconds 4",
      "keymate_guard_policy_load_failed 0",
      "keymate_guard_requests_in_flight 3",
      "keymate_guard_body_bytes_in_flight 9",
      'keymate_guard_cache_state{kind="Node",state="cold"} 1',
      'keymate_guard_cache_state{kind="Node",state="synced"} 0',
      'keymate_guard_cache_problem{kind="Node"} 1',
      'keymate_guard_cache_relists_total{kind="Pod"} 2',
      'keymate_guard_cache_received_bytes_total{kind="Pod"} 4096',
      'keymate_guard_webhook_writes_total{configuration="mutating",outcome="repair"} 2',
      "keymate_guard_certificate_problem 0",
      "keymate_guard_draining 0",
      "keymate_guard_ready 1",
      'keymate_guard_certificate_issued_timestamp_seconds{certificate="leaf"} 1',
      "keymate_guard_memory_limit_bytes 1024",
    );
  });

  test("have no series for what is not known", async () => {
    const text = await page({
      caBundleInSync: () => undefined,
      certificates: () => [],
      sharedCertificate: () => ({
        generation: undefined,
        state: undefined,
        clockSkewMs: undefined,
      }),
      policyLoadedAt: () => undefined,
    });
    assert.doesNotMatch(text, /^keymate_guard_(ca_bundle|certificate_[egs]|clock|policy_loaded)/m);
    assert.doesNotMatch(text, /last_event_timestamp_seconds\{kind="Node"/);
  });

  test("lose one series, not the page, when a source fails", async () => {
    const text = await page({
      caches: () => {
        throw new Error("no cache");
      },
    });
    has(text, "keymate_guard_ca_bundle_in_sync 1");
    assert.doesNotMatch(text, /^keymate_guard_cache_objects/m);
  });
});

describe("audit metrics", () => {
  test("have no series before the first pass, and those of the last one after it", async () => {
    const registry = new Registry();
    const audit = createAuditMetrics(registry);
    assert.doesNotMatch(await registry.metrics(), /^keymate_guard_audit/m);
    const finding = { rule: "pdb", mode: "warn", practice: "high-availability" } as const;
    const pass = { endedAt: 9_000, seconds: 1.5, objects: 3, findings: [{ ...finding, count: 2 }] };
    audit.passed(pass);
    audit.leading(true);
    has(
      await registry.metrics(),
      "keymate_guard_audit_last_complete_timestamp_seconds 9",
      "keymate_guard_audit_pass_duration_seconds 1.5",
      "keymate_guard_audit_objects 3",
      "keymate_guard_audit_leader 1",
      'keymate_guard_audit_findings{rule="pdb",mode="warn",practice="high-availability"} 2',
    );
    audit.passed({ ...pass, findings: [] });
    assert.doesNotMatch(await registry.metrics(), /^keymate_guard_audit_findings/m);
  });
});

describe("event metrics", () => {
  test("count Events by reason and what became of them", async () => {
    const registry = new Registry();
    createEventMetrics(registry)("GuardDenied", "dropped");
    has(
      await registry.metrics(),
      'keymate_guard_events_total{reason="GuardDenied",outcome="dropped"} 1',
    );
  });
});

describe("process registry", () => {
  test("has the process's own metrics and leaves the global registry alone", async () => {
    const page = metricsPage(createProcessRegistry());
    assert.match(await page.text(), /^process_cpu_seconds_total /m);
    assert.match(page.contentType, /^text\/plain/);
    assert.equal(await globalRegistry.metrics(), "\n");
  });
});
