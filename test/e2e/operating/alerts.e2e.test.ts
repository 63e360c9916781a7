import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ALERT_CASES } from "../../monitoring/alert-cases.ts";
import { Promtool, promtoolTests } from "../../monitoring/promtool.ts";
import { MONITORING, shippedAlerts } from "../../monitoring/rules.ts";

let promtool: Promtool;

before(async () => {
  promtool = await Promtool.open();
});

after(() => promtool?.close());

test("the shipped rules pass promtool with every lint", async () => {
  const { code, output } = await promtool.checkRules();
  assert.equal(code, 0, output);
});

test("Prometheus takes every expression of the dashboard", async () => {
  const board = JSON.parse(readFileSync(join(MONITORING, "dashboard.json"), "utf8")) as {
    readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  };
  const asked = board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  assert.ok(asked.length > 40);
  for (const expr of asked) {
    // As Grafana fills it in.
    const { code, output } = await promtool.parses(expr.replaceAll("$__rate_interval", "2m"));
    assert.equal(code, 0, `${expr}\n${output}`);
  }
});

for (const one of ALERT_CASES) {
  test(`${one.alert} fires when it should, with these words, and not when it should not`, async () => {
    const rule = shippedAlerts().find(({ alert }) => alert === one.alert);
    assert.ok(rule !== undefined, `${one.alert} is not shipped`);
    const { code, output } = await promtool.testRules(promtoolTests(one, rule));
    assert.equal(code, 0, output);
  });
}
