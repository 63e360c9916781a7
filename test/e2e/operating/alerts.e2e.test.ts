import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ALERT_CASES } from "../../monitoring/alert-cases.ts";
import { Promtool, promtoolTests } from "../../monitoring/promtool.ts";
import { shippedAlerts } from "../../monitoring/rules.ts";

let promtool: Promtool;

before(async () => {
  promtool = await Promtool.open();
});

after(() => promtool?.close());

test("the shipped rules pass promtool with every lint", async () => {
  const { code, output } = await promtool.checkRules();
  assert.equal(code, 0, output);
});

for (const one of ALERT_CASES) {
  test(`${one.alert} fires when it should, with these words, and not when it should not`, async () => {
    const rule = shippedAlerts().find(({ alert }) => alert === one.alert);
    assert.ok(rule !== undefined, `${one.alert} is not shipped`);
    const { code, output } = await promtool.testRules(promtoolTests(one, rule));
    assert.equal(code, 0, output);
  });
}
