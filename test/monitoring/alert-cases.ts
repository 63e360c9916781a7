/** Values by minute in promtool's notation, by series. */
type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly alert: string;
  readonly fires: {
    readonly series: Series;
    readonly at: string;
    readonly labels?: Readonly<Record<string, string>>;
    /** As people read it, numbers filled in. */
    readonly description: string;
  };
  readonly quiet: readonly { readonly series: Series; readonly at: string }[];
}

const TARGET = 'namespace="keymate-guard",job="keymate-guard",service="keymate-guard"';
const pod = (name: string) => `${TARGET},pod="${name}",instance="${name}"`;
const A = pod("guard-a");
const B = pod("guard-b");
const NAMESPACE = { namespace: "keymate-guard" };
const DAY = 86_400;

/** A certificate that ends so many days after the clock of the tests begins. */
function certificate(days: number, lifeDays: number, kind = "leaf"): Series {
  const ends = days * DAY;
  return {
    [`keymate_guard_certificate_expiry_timestamp_seconds{${A},certificate="${kind}"}`]: `${ends}x1440`,
    [`keymate_guard_certificate_issued_timestamp_seconds{${A},certificate="${kind}"}`]: `${ends - lifeDays * DAY}x1440`,
  };
}

const call = (metric: string, name: string, more = "") =>
  `apiserver_admission_webhook_${metric}{name="${name}",type="validating"${more}}`;
const OURS = "enforce-labelled.guard.keymate.io";
const durations = (path: string, slow: number): Series => ({
  [`keymate_guard_admission_duration_seconds_bucket{${A},path="${path}",le="1"}`]: "0+98x30",
  [`keymate_guard_admission_duration_seconds_bucket{${A},path="${path}",le="2.5"}`]: `0+${100 - slow}x30`,
  [`keymate_guard_admission_duration_seconds_bucket{${A},path="${path}",le="5"}`]: "0+100x30",
  [`keymate_guard_admission_duration_seconds_bucket{${A},path="${path}",le="+Inf"}`]: "0+100x30",
});
const denied = (values: string, dryRun = false): Series => ({
  [`keymate_guard_admission_requests_total{${A},path="/validate/fail",operation="CREATE",kind="Deployment",outcome="denied",dry_run="${dryRun}"}`]:
    values,
});
const state = (kind: string, one: string, value: number, pods = A) => ({
  [`keymate_guard_cache_state{${pods},kind="${kind}",state="${one}"}`]: `${value}x60`,
});
const heard = (kind: string, values: string) => ({
  [`keymate_guard_cache_last_event_timestamp_seconds{${A},kind="${kind}"}`]: values,
});

export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: "KeymateGuardNoReadyReplica",
    fires: {
      series: { [`keymate_guard_ready{${A}}`]: "1 0x10", [`keymate_guard_ready{${B}}`]: "0x10" },
      at: "4m",
      description:
        "No scraped replica has been ready for 2 minutes: in layer namespaces the API server refuses what people create, change, scale or delete there.",
    },
    quiet: [
      {
        series: { [`keymate_guard_ready{${A}}`]: "1x10", [`keymate_guard_ready{${B}}`]: "0x10" },
        at: "10m",
      },
    ],
  },
  {
    alert: "KeymateGuardNoReadyReplica",
    fires: {
      // Both Pods are gone, and so are their series.
      series: { [`keymate_guard_ready{${A}}`]: "1 1 stale" },
      at: "6m",
      description:
        "No scraped replica has been ready for 2 minutes: in layer namespaces the API server refuses what people create, change, scale or delete there.",
    },
    quiet: [{ series: { [`keymate_guard_ready{${A}}`]: "1 1 stale" }, at: "3m" }],
  },
  {
    alert: "KeymateGuardCallErrors",
    fires: {
      series: {
        [call("rejection_count", OURS, ',error_type="calling_webhook_error",rejection_code="0"')]:
          "_x20 3x10",
      },
      at: "22m",
      labels: { name: OURS, error_type: "calling_webhook_error" },
      description: `3 requests were refused within 10 minutes because calling ${OURS} failed (calling_webhook_error).`,
    },
    quiet: [
      {
        series: {
          [call("rejection_count", OURS, ',error_type="no_error",rejection_code="403"')]: "0+5x30",
          [call(
            "rejection_count",
            "webhook.elsewhere.example",
            ',error_type="calling_webhook_error"',
          )]: "0+5x30",
          [call("rejection_count", OURS, ',error_type="apiserver_internal_error"')]: "7x60",
        },
        at: "30m",
      },
    ],
  },
  {
    alert: "KeymateGuardFailOpen",
    fires: {
      series: { [call("fail_open_count", "observe-others.guard.keymate.io")]: "0+1x40" },
      at: "30m",
      labels: { name: "observe-others.guard.keymate.io" },
      description:
        "10 requests went in within 10 minutes although calling observe-others.guard.keymate.io failed: nothing was filled in, warned about or recorded for them.",
    },
    quiet: [
      {
        series: {
          [call("fail_open_count", "observe-others.guard.keymate.io")]: "4x60",
          [call("fail_open_count", "webhook.elsewhere.example")]: "0+1x60",
        },
        at: "30m",
      },
    ],
  },
  {
    alert: "KeymateGuardErrors",
    fires: {
      series: { [`keymate_guard_internal_errors_total{${A},where="rule"}`]: "0x5 0+1x20" },
      at: "20m",
      labels: { ...NAMESPACE, where: "rule" },
      description:
        '10 faults of the guard itself at "rule" within 10 minutes; its log names the place.',
    },
    quiet: [
      { series: { [`keymate_guard_internal_errors_total{${A},where="rule"}`]: "4x60" }, at: "30m" },
    ],
  },
  {
    alert: "KeymateGuardSlow",
    fires: {
      series: durations("/validate/fail", 2),
      at: "20m",
      labels: { ...NAMESPACE, path: "/validate/fail" },
      description:
        "1 of 100 answers of /validate/fail takes longer than 3.75 s; the API server waits 3 s for /mutate and 5 s for the others.",
    },
    quiet: [
      { series: { ...durations("/validate/fail", 1), ...durations("/validate", 0) }, at: "20m" },
    ],
  },
  {
    alert: "KeymateGuardSlow",
    fires: {
      series: durations("/mutate", 0),
      at: "20m",
      labels: { ...NAMESPACE, path: "/mutate" },
      description:
        "1 of 100 answers of /mutate takes longer than 1.75 s; the API server waits 3 s for /mutate and 5 s for the others.",
    },
    quiet: [{ series: durations("/validate", 0), at: "20m" }],
  },
  {
    alert: "KeymateGuardCertificateExpires1Day",
    fires: {
      series: certificate(0.5, 90),
      at: "1h",
      labels: { ...NAMESPACE, certificate: "leaf" },
      description:
        "The leaf certificate ends in 11h 0m 0s, and its renewal is overdue: after that every call of the guard fails.",
    },
    // A certificate that lives for a day, with half of it left, is in order.
    quiet: [
      { series: certificate(2, 90), at: "1h" },
      { series: certificate(0.5, 1), at: "1h" },
    ],
  },
  {
    alert: "KeymateGuardCertificateExpires7Days",
    fires: {
      series: certificate(6, 90),
      at: "1h",
      labels: { ...NAMESPACE, certificate: "leaf" },
      description: "The leaf certificate ends in 5d 23h 0m 0s, and its renewal is overdue.",
    },
    quiet: [
      { series: certificate(8, 90), at: "1h" },
      { series: certificate(5, 7), at: "1h" },
    ],
  },
  {
    alert: "KeymateGuardCertificateExpires30Days",
    fires: {
      series: certificate(25, 1825, "ca"),
      at: "2h",
      labels: { ...NAMESPACE, certificate: "ca" },
      description:
        "The ca certificate ends in 24d 22h 0m 0s; it should have been renewed with a third of its life left.",
    },
    quiet: [
      { series: certificate(31, 1825, "ca"), at: "2h" },
      // Due at 30 days, and renewed within the hours after that.
      { series: certificate(29, 90), at: "2h" },
    ],
  },
  {
    alert: "KeymateGuardCertificateProblem",
    fires: {
      series: { [`keymate_guard_certificate_problem{${A}}`]: "1x30" },
      at: "16m",
      labels: { ...NAMESPACE, pod: "guard-a" },
      description:
        "For 15 minutes guard-a could not get or use a newer certificate; the one in service goes on.",
    },
    quiet: [{ series: { [`keymate_guard_certificate_problem{${A}}`]: "1x10 0x30" }, at: "20m" }],
  },
  {
    alert: "KeymateGuardClockSkew",
    fires: {
      series: { [`keymate_guard_clock_skew_seconds{${A}}`]: "-90x30" },
      at: "16m",
      labels: { ...NAMESPACE, pod: "guard-a" },
      description:
        "For 15 minutes the clocks of guard-a and of the API server have differed by 1m 30s; from 5 minutes on that replica writes no certificates.",
    },
    quiet: [{ series: { [`keymate_guard_clock_skew_seconds{${A}}`]: "30x30" }, at: "20m" }],
  },
  {
    alert: "KeymateGuardCABundleOutOfSync",
    fires: {
      series: {
        [`keymate_guard_ca_bundle_in_sync{${A}}`]: "1x20",
        [`keymate_guard_ca_bundle_in_sync{${B}}`]: "0x20",
      },
      at: "6m",
      labels: NAMESPACE,
      description:
        "For 5 minutes the webhook entries have differed from what a replica wants; where the caBundle is what differs, calls of the guard fail.",
    },
    quiet: [{ series: { [`keymate_guard_ca_bundle_in_sync{${A}}`]: "0x3 1x20" }, at: "10m" }],
  },
  {
    alert: "KeymateGuardWebhookDispute",
    fires: {
      series: {
        [`keymate_guard_webhook_writes_total{${A},configuration="validating",outcome="repair"}`]:
          "0+1x40",
      },
      at: "35m",
      labels: { ...NAMESPACE, configuration: "validating" },
      description: "The validating entries were repaired 30 times within 30 minutes.",
    },
    quiet: [
      {
        series: {
          [`keymate_guard_webhook_writes_total{${A},configuration="validating",outcome="change"}`]:
            "0+1x40",
          [`keymate_guard_webhook_writes_total{${A},configuration="validating",outcome="repair"}`]:
            "0x20 1x20",
        },
        at: "35m",
      },
    ],
  },
  {
    alert: "KeymateGuardStaysAtIgnore",
    fires: {
      series: { [`keymate_guard_webhook_fail_policy{${A},stage="proving"}`]: "1x90" },
      at: "70m",
      labels: NAMESPACE,
      description:
        "For an hour the entries for layer namespaces have stayed at Ignore: while no guard answers, what it would refuse goes in.",
    },
    quiet: [
      {
        series: { [`keymate_guard_webhook_fail_policy{${A},stage="proving"}`]: "1x90" },
        at: "50m",
      },
      {
        series: { [`keymate_guard_webhook_fail_policy{${A},stage="proving"}`]: "1x30 0x60" },
        at: "80m",
      },
    ],
  },
  {
    alert: "KeymateGuardCacheStale",
    fires: {
      series: { ...heard("Deployment.apps", "60x30"), ...state("Deployment.apps", "synced", 1) },
      at: "10m",
      labels: { ...NAMESPACE, pod: "guard-a", kind: "Deployment.apps" },
      description:
        "guard-a has heard nothing of Deployment.apps for 9m 0s: rules that need it warn at most.",
    },
    quiet: [
      {
        // One is heard of each minute, the other is not installed any more.
        series: {
          ...heard("Deployment.apps", "0+60x30"),
          ...state("Deployment.apps", "synced", 1),
          ...heard("Schedule.velero.io", "60x30"),
          ...state("Schedule.velero.io", "synced", 0),
        },
        at: "20m",
      },
    ],
  },
  {
    alert: "KeymateGuardCacheNotSynced",
    fires: {
      series: { [`keymate_guard_cache_synced{${A},kind="Pod"}`]: "0x20" },
      at: "6m",
      labels: { ...NAMESPACE, pod: "guard-a", kind: "Pod" },
      description: "For 5 minutes guard-a could not list Pod, and is not ready before it can.",
    },
    quiet: [{ series: { [`keymate_guard_cache_synced{${A},kind="Pod"}`]: "0x3 1x20" }, at: "10m" }],
  },
  {
    alert: "KeymateGuardCacheBlocked",
    fires: {
      series: state("Pod", "blocked", 1),
      at: "11m",
      labels: { ...NAMESPACE, kind: "Pod" },
      description:
        "For 10 minutes Pod has been there but closed to the guard: rules that need it warn at most.",
    },
    quiet: [{ series: state("Pod", "absent", 1), at: "20m" }],
  },
  {
    alert: "KeymateGuardPolicyRefused",
    fires: {
      series: { [`keymate_guard_policy_load_failed{${A}}`]: "1x20" },
      at: "3m",
      labels: NAMESPACE,
      description:
        "For 2 minutes a replica has refused the policy in its file; the last good one, which may be an older one, is in force.",
    },
    quiet: [{ series: { [`keymate_guard_policy_load_failed{${A}}`]: "1 0x20" }, at: "3m" }],
  },
  {
    alert: "KeymateGuardAuditOld",
    fires: {
      series: { [`keymate_guard_audit_last_complete_timestamp_seconds{${A}}`]: "0x1600" },
      at: "25h",
      labels: NAMESPACE,
      description: "The last complete audit ended 1d 1h 0m 0s ago.",
    },
    quiet: [
      {
        series: { [`keymate_guard_audit_last_complete_timestamp_seconds{${A}}`]: "7200x1600" },
        at: "25h",
      },
      { series: { [`keymate_guard_ready{${A}}`]: "1x1600" }, at: "25h" },
    ],
  },
  {
    alert: "KeymateGuardMemoryNearLimit",
    fires: {
      series: {
        [`process_resident_memory_bytes{${A}}`]: "380000000x30",
        [`keymate_guard_memory_limit_bytes{${A}}`]: "402653184x30",
      },
      at: "16m",
      labels: {
        ...NAMESPACE,
        job: "keymate-guard",
        service: "keymate-guard",
        pod: "guard-a",
        instance: "guard-a",
      },
      description: "guard-a has taken 94.37% of its memory limit for 15 minutes.",
    },
    quiet: [
      {
        series: {
          [`process_resident_memory_bytes{${A}}`]: "200000000x30",
          [`keymate_guard_memory_limit_bytes{${A}}`]: "402653184x30",
          // Somebody else's process, of which no limit is known.
          'process_resident_memory_bytes{job="other"}': "9000000000x30",
        },
        at: "20m",
      },
    ],
  },
  {
    alert: "KeymateGuardDenialsSpike",
    fires: {
      series: denied("0+0.1x1440 144+10x30"),
      at: "24h20m",
      labels: NAMESPACE,
      description:
        "150 requests were refused within 15 minutes, more than 5 times the mean of the day before.",
    },
    quiet: [
      { series: denied("0+4x1500"), at: "24h20m" },
      { series: denied("0+0.1x1500"), at: "24h20m" },
      { series: denied("0+0.1x1440 144+10x30", true), at: "24h20m" },
    ],
  },
];
