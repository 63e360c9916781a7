export interface Query {
  readonly expr: string;
  /** `{{label}}` stands for a label's value. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: "timeseries" | "stat" | "heatmap" | "table";
  /** Of 24 columns. */
  readonly width: number;
  /** As Grafana names it: `s`, `bytes`, `short`, `percentunit`, `dateTimeFromNow`, … */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Green below the first, then yellow, red from the second; of a stat. */
  readonly thresholds?: readonly [number, number];
  /** Red below 1, for what should be 1. */
  readonly expectsOne?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const OURS = 'job="$job",pod=~"$pod"';
const HOOKS = 'name=~".+[.]guard[.]keymate[.]io"';

function query(expr: string, legend = ""): Query {
  return { expr, legend };
}

function graph(
  title: string,
  description: string,
  unit: string,
  ...queries: readonly Query[]
): Panel {
  return { title, description, type: "timeseries", width: 8, unit, queries };
}

function stat(title: string, description: string, unit: string, expr: string, rest = {}): Panel {
  return { title, description, type: "stat", width: 4, unit, queries: [query(expr)], ...rest };
}

function rate(metric: string, by: string, more = ""): string {
  return `sum by (${by}) (rate(${metric}{${OURS}${more}}[$__rate_interval]))`;
}

function quantile(q: number): string {
  const buckets = rate("keymate_guard_admission_duration_seconds_bucket", "path, le");
  return `histogram_quantile(${q}, ${buckets})`;
}

const STATE: Row = {
  title: "State",
  panels: [
    stat("Ready replicas", "", "short", `sum(keymate_guard_ready{${OURS}})`, { expectsOne: true }),
    stat(
      "Webhook entries in sync",
      "0: they differ from what a replica wants, perhaps in the caBundle.",
      "bool_yes_no",
      `min(keymate_guard_ca_bundle_in_sync{${OURS}})`,
      { expectsOne: true },
    ),
    {
      ...stat(
        "Webhook stage",
        "Ignore until replicas have proved themselves, then Fail.",
        "short",
        "",
      ),
      queries: [
        query(`max by (stage) (keymate_guard_webhook_fail_policy{${OURS}} == 1)`, "{{stage}}"),
      ],
    },
    stat(
      "Replicas answering",
      "The API server, lately: only with --fail-policy auto.",
      "short",
      `max(keymate_guard_replicas_answering{${OURS}})`,
    ),
    stat(
      "Policy loaded",
      "",
      "dateTimeFromNow",
      `1000 * min(keymate_guard_policy_loaded_timestamp_seconds{${OURS}})`,
    ),
    stat(
      "Policy refused",
      "1: the file holds mistakes, the last good policy is in force.",
      "short",
      `max(keymate_guard_policy_load_failed{${OURS}})`,
      { thresholds: [0.5, 1] },
    ),
    {
      ...stat("Certificates end", "Of the leaf and of the CA, whichever is in service.", "s", ""),
      queries: [
        query(
          `min by (certificate) (keymate_guard_certificate_expiry_timestamp_seconds{${OURS}}) - time()`,
          "{{certificate}}",
        ),
      ],
    },
    {
      ...stat("Version", "", "short", ""),
      queries: [query(`sum by (version) (keymate_guard_build_info{${OURS}})`, "{{version}}")],
    },
  ],
};

const ADMISSION: Row = {
  title: "Admission",
  panels: [
    graph(
      "Reviews by outcome",
      "",
      "reqps",
      query(rate("keymate_guard_admission_requests_total", "outcome"), "{{outcome}}"),
    ),
    graph(
      "Reviews by path and operation",
      "",
      "reqps",
      query(
        rate("keymate_guard_admission_requests_total", "path, operation"),
        "{{path}} {{operation}}",
      ),
    ),
    graph(
      "Refusals by kind",
      "Dry runs left out.",
      "reqps",
      query(
        rate("keymate_guard_admission_requests_total", "kind", ',outcome="denied",dry_run="false"'),
        "{{kind}}",
      ),
    ),
    {
      title: "Time to answer",
      description: "From the start of the body to the encoded answer.",
      type: "heatmap",
      width: 8,
      unit: "s",
      queries: [query(rate("keymate_guard_admission_duration_seconds_bucket", "le"), "{{le}}")],
    },
    graph(
      "Quantiles of the time to answer",
      "The API server waits 3 s for /mutate and 5 s for the others.",
      "s",
      ...[0.5, 0.9, 0.99].map((q) => query(quantile(q), `p${100 * q} {{path}}`)),
    ),
    graph(
      "As the API server sees it",
      "Needs the API server scraped: p99 of a call, with the network.",
      "s",
      query(
        `histogram_quantile(0.99, sum by (name, le) (rate(apiserver_admission_webhook_admission_duration_seconds_bucket{${HOOKS}}[$__rate_interval])))`,
        "{{name}}",
      ),
    ),
    graph(
      "In flight",
      "",
      "short",
      query(`sum by (pod) (keymate_guard_requests_in_flight{${OURS}})`, "{{pod}}"),
    ),
    graph(
      "Bytes of large bodies in flight",
      "",
      "bytes",
      query(`sum by (pod) (keymate_guard_body_bytes_in_flight{${OURS}})`, "{{pod}}"),
    ),
    graph(
      "Draining",
      "1 from the stop signal to the end.",
      "short",
      query(`max by (pod) (keymate_guard_draining{${OURS}})`, "{{pod}}"),
    ),
  ],
};

const FINDINGS: Row = {
  title: "Findings",
  panels: [
    graph(
      "Findings by rule",
      "New ones, at all doors.",
      "cps",
      query(`topk(15, ${rate("keymate_guard_findings_total", "rule")})`, "{{rule}}"),
    ),
    graph(
      "Findings by mode and door",
      "",
      "cps",
      query(rate("keymate_guard_findings_total", "mode, door"), "{{mode}} {{door}}"),
    ),
    {
      title: "Findings of the last day",
      description: "",
      type: "table",
      width: 8,
      unit: "short",
      queries: [
        query(
          `sort_desc(sum by (rule, mode, door) (increase(keymate_guard_findings_total{${OURS}}[1d])) > 0)`,
        ),
      ],
    },
  ],
};

const FAULTS: Row = {
  title: "Faults",
  panels: [
    graph(
      "Faults of the guard",
      "",
      "cps",
      query(rate("keymate_guard_internal_errors_total", "where"), "{{where}}"),
    ),
    graph(
      "Requests that were no reviews",
      "",
      "cps",
      query(rate("keymate_guard_http_refused_total", "status"), "{{status}}"),
    ),
    graph(
      "Calls that failed at the API server",
      "Refused (Fail) or let in unseen (Ignore). Needs the API server scraped.",
      "cps",
      query(
        `sum by (name, error_type) (rate(apiserver_admission_webhook_rejection_count{${HOOKS},error_type!="no_error"}[$__rate_interval]))`,
        "refused: {{name}} {{error_type}}",
      ),
      query(
        `sum by (name) (rate(apiserver_admission_webhook_fail_open_count{${HOOKS}}[$__rate_interval]))`,
        "let in: {{name}}",
      ),
    ),
    graph(
      "Writes of the webhook entries",
      "repair: somebody else had changed them.",
      "cps",
      query(
        rate("keymate_guard_webhook_writes_total", "configuration, outcome"),
        "{{configuration}} {{outcome}}",
      ),
    ),
    graph(
      "Kubernetes Events",
      "dropped and failed ones are told nowhere else.",
      "cps",
      query(rate("keymate_guard_events_total", "reason, outcome"), "{{reason}} {{outcome}}"),
    ),
    graph(
      "Certificate trouble",
      "1: a newer certificate cannot be had or used.",
      "short",
      query(`max by (pod) (keymate_guard_certificate_problem{${OURS}})`, "{{pod}}"),
    ),
    graph(
      "Generation of the CA",
      "Replicas agree but for a moment.",
      "short",
      query(`max by (pod) (keymate_guard_certificate_generation{${OURS}})`, "{{pod}}"),
    ),
    graph(
      "State of the certificate Secret",
      "As each replica last found it.",
      "short",
      query(`count by (state) (keymate_guard_certificate_secret_state{${OURS}})`, "{{state}}"),
    ),
    graph(
      "Clock against the API server's",
      "How far the API server's is ahead.",
      "s",
      query(`max by (pod) (keymate_guard_clock_skew_seconds{${OURS}})`, "{{pod}}"),
    ),
  ],
};

const CACHE: Row = {
  title: "Cache",
  panels: [
    graph(
      "Objects",
      "",
      "short",
      query(`max by (kind) (keymate_guard_cache_objects{${OURS}}) > 0`, "{{kind}}"),
    ),
    graph(
      "Not heard of",
      "Over 300 s a kind is stale.",
      "s",
      query(
        `max by (kind) (time() - keymate_guard_cache_last_event_timestamp_seconds{${OURS}} and on (pod, kind) keymate_guard_cache_state{state="synced"} == 1)`,
        "{{kind}}",
      ),
    ),
    graph(
      "Not in order",
      "Kinds not listed yet, closed to the guard, or with a watch that fails.",
      "short",
      query(`max by (kind) (keymate_guard_cache_state{${OURS},state="cold"}) > 0`, "cold {{kind}}"),
      query(
        `max by (kind) (keymate_guard_cache_state{${OURS},state="blocked"}) > 0`,
        "blocked {{kind}}",
      ),
      query(`max by (kind) (keymate_guard_cache_problem{${OURS}}) > 0`, "problem {{kind}}"),
      query(`min by (kind) (keymate_guard_cache_synced{${OURS}}) < 1`, "not synced {{kind}}"),
    ),
    graph(
      "Watch events",
      "",
      "cps",
      query(`topk(10, ${rate("keymate_guard_cache_watch_events_total", "kind")})`, "{{kind}}"),
    ),
    graph(
      "Received",
      "",
      "Bps",
      query(`topk(10, ${rate("keymate_guard_cache_received_bytes_total", "kind")})`, "{{kind}}"),
    ),
    graph(
      "Relists and reconnects",
      "",
      "cps",
      query(rate("keymate_guard_cache_relists_total", "pod"), "relists {{pod}}"),
      query(rate("keymate_guard_cache_reconnects_total", "pod"), "reconnects {{pod}}"),
    ),
  ],
};

const PROCESS: Row = {
  title: "Process",
  panels: [
    graph(
      "Memory",
      "",
      "bytes",
      query(`process_resident_memory_bytes{${OURS}}`, "{{pod}}"),
      query(`keymate_guard_memory_limit_bytes{${OURS}}`, "limit {{pod}}"),
    ),
    graph("CPU", "Cores.", "short", query(rate("process_cpu_seconds_total", "pod"), "{{pod}}")),
    graph(
      "Event loop delay",
      "p99 between two scrapes.",
      "s",
      query(`nodejs_eventloop_lag_p99_seconds{${OURS}}`, "{{pod}}"),
    ),
  ],
};

const AUDIT: Row = {
  title: "Audit",
  panels: [
    stat(
      "Last complete pass",
      "",
      "s",
      `time() - max(keymate_guard_audit_last_complete_timestamp_seconds{${OURS}})`,
      { thresholds: [43_200, 86_400] },
    ),
    stat("Took", "", "s", `max(keymate_guard_audit_pass_duration_seconds{${OURS}})`),
    stat("Objects", "", "short", `max(keymate_guard_audit_objects{${OURS}})`),
    {
      ...stat("Leader", "The replica that audits.", "short", ""),
      queries: [query(`sum by (pod) (keymate_guard_audit_leader{${OURS}}) == 1`, "{{pod}}")],
    },
    graph(
      "Findings by practice and mode",
      "",
      "short",
      query(
        `max by (practice, mode) (sum by (pod, practice, mode) (keymate_guard_audit_findings{${OURS}}))`,
        "{{practice}} {{mode}}",
      ),
    ),
    {
      title: "Findings by rule",
      description: "",
      type: "table",
      width: 8,
      unit: "short",
      queries: [
        query(
          `sort_desc(max by (rule, mode, practice) (keymate_guard_audit_findings{${OURS}}) > 0)`,
        ),
      ],
    },
  ],
};

export const ROWS: readonly Row[] = [STATE, ADMISSION, FINDINGS, FAULTS, CACHE, PROCESS, AUDIT];
