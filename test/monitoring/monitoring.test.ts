import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ALERT_CASES } from "./alert-cases.ts";
import { exposedMetrics } from "./exposed.ts";
import { askedBy } from "./promql.ts";
import { MONITORING, shippedAlerts } from "./rules.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What kube-apiserver says of webhooks; that it does is shown on a real one. */
const API_SERVER: Readonly<Record<string, readonly string[]>> = {
  apiserver_admission_webhook_rejection_count: [
    "name",
    "operation",
    "type",
    "error_type",
    "rejection_code",
  ],
  apiserver_admission_webhook_fail_open_count: ["name", "type"],
  apiserver_admission_webhook_admission_duration_seconds_bucket: [
    "name",
    "operation",
    "type",
    "rejected",
    "le",
  ],
};
/** What the Prometheus operator adds to whatever it scrapes by a ServiceMonitor. */
const TARGET_LABELS = ["job", "namespace", "pod", "service", "instance", "endpoint", "container"];

interface Board {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly gridPos: {
      readonly x: number;
      readonly y: number;
      readonly w: number;
      readonly h: number;
    };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

const board = JSON.parse(readFileSync(join(MONITORING, "dashboard.json"), "utf8")) as Board;
const exposed = await exposedMetrics();
const known = new Map([...exposed, ...Object.entries(API_SERVER)]);

/** Each metric and each label is one that is really there; gives the mistakes. */
function mistakes(expr: string): readonly string[] {
  const { selections, grouping } = askedBy(expr);
  const found: string[] = selections.length === 0 ? ["asks for nothing"] : [];
  const labels = new Set(TARGET_LABELS);
  for (const { metric } of selections) for (const one of known.get(metric) ?? []) labels.add(one);
  for (const { metric, labels: matched } of selections) {
    const own = known.get(metric);
    if (own === undefined) found.push(`no metric ${metric}`);
    const allowed = [...(own ?? []), ...TARGET_LABELS];
    found.push(
      ...matched.filter((one) => !allowed.includes(one)).map((one) => `${metric} has no ${one}`),
    );
  }
  return [...found, ...grouping.filter((one) => !labels.has(one)).map((one) => `no label ${one}`)];
}

test("a PromQL expression is taken apart into metrics, matchers and grouping", () => {
  const expr =
    'sum by (a, b) (rate(m_total{c="x y",d=~"(z|{)"}[5m])) / on (e) n unless n offset 10m > 2 * 86400';
  assert.deepEqual(askedBy(expr), {
    selections: [
      { metric: "m_total", labels: ["c", "d"] },
      { metric: "n", labels: [] },
      { metric: "n", labels: [] },
    ],
    grouping: ["a", "b", "e"],
  });
});

test("mistakes in metrics and labels are seen", () => {
  assert.deepEqual(mistakes('sum by (nope) (keymate_guard_ready{color="red"})'), [
    "keymate_guard_ready has no color",
    "no label nope",
  ]);
  assert.deepEqual(mistakes("keymate_guard_redy == 0"), ["no metric keymate_guard_redy"]);
});

test("every panel of the dashboard asks for metrics and labels that exist", () => {
  for (const { title, targets = [] } of board.panels) {
    for (const { expr } of targets) assert.deepEqual(mistakes(expr), [], `${title}: ${expr}`);
  }
});

test("the dashboard shows every metric of the guard", () => {
  const shown = new Set(
    board.panels.flatMap(({ targets = [] }) =>
      targets.flatMap(({ expr }) => askedBy(expr).selections.map(({ metric }) => metric)),
    ),
  );
  const left = [...exposed.keys()].filter(
    (name) =>
      name.startsWith("keymate_guard_") &&
      !shown.has(name) &&
      !/_(sum|count|created)$/.test(name) &&
      name !== "keymate_guard_certificate_issued_timestamp_seconds",
  );
  assert.deepEqual(left, []);
});

test("the panels of the dashboard have ids of their own and do not overlap", () => {
  const taken = new Set<string>();
  for (const { gridPos, title } of board.panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(x < 24 && !taken.has(`${x},${y}`), title);
        taken.add(`${x},${y}`);
      }
    }
  }
  assert.equal(new Set(board.panels.map(({ id }) => id)).size, board.panels.length);
});

for (const { alert, expr, labels, annotations } of shippedAlerts()) {
  test(`${alert} asks for what exists, says what to do, and is tested`, () => {
    assert.deepEqual(mistakes(expr), []);
    assert.match(labels["severity"] ?? "", /^(critical|warning|info)$/);
    assert.ok(annotations["summary"] && annotations["description"]);
    assert.match(`${annotations["description"]} ${expr}`, /\d/);
    assert.equal(annotations["runbook_url"], `docs/runbooks/${alert}.md`);
    assert.ok(existsSync(join(ROOT, "docs", "runbooks", `${alert}.md`)), "no runbook");
    const cases = ALERT_CASES.filter((one) => one.alert === alert);
    assert.ok(cases.length > 0 && cases.every(({ quiet }) => quiet.length > 0), "no test");
  });
}

test("the table of metrics in the docs names each one with its labels", () => {
  const text = readFileSync(join(ROOT, "docs", "operations.md"), "utf8");
  const rows = new Map<string, string>();
  for (const line of text.split("\n")) {
    const cells = line.split("|").map((cell) => cell.trim());
    const names = (cells[1] ?? "").match(/`([a-z_]+)`/g) ?? [];
    const labels = (cells[2] ?? "").replace(/\(.*?\)/g, "").match(/`([a-z_]+)`/g) ?? [];
    for (const name of names) {
      rows.set(
        `keymate_guard_${name.slice(1, -1)}`,
        labels
          .map((one) => one.slice(1, -1))
          .sort()
          .join(),
      );
    }
  }
  const ours = [...exposed]
    .filter(([name]) => name.startsWith("keymate_guard_"))
    .map(([name, labels]) => [name.replace(/_(bucket|sum|count)$/, ""), labels] as const);
  for (const [name, labels] of ours) {
    const own = labels.filter((one) => one !== "le").sort();
    assert.equal(rows.get(name), own.join(), name);
  }
});

test("expressions in the docs ask for what exists", () => {
  const text = readFileSync(join(ROOT, "docs", "operations.md"), "utf8");
  for (const [, expr] of text.matchAll(/```promql\n([\s\S]*?)```/g)) {
    assert.deepEqual(mistakes(expr ?? ""), []);
  }
});
