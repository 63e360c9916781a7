import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { assertNoFaultyAnswer, assertNoInternalError, guardTotal } from "../support/counters.ts";
import { namespace, workload } from "../support/manifests.ts";
import { Platform, warningsOf } from "../support/platform.ts";

let platform: Platform;

before(async () => {
  platform = await Platform.start({ audit: "Metadata" });
  await platform.applied(["legacy-a", "legacy-b"].map((name) => namespace(name, "data")));
});

after(() => platform?.stop());

const unsized = (place: string) =>
  workload("Deployment", place, { component: "none", containers: [{ name: "main" }] });

const day = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
// Once, in case the tests run past midnight.
const [yesterday, tomorrow] = [day(-1), day(1)];

const gauge = (name: string) => guardTotal(platform.guard, `keymate_guard_policy_${name}`);

async function reload(spec: object): Promise<void> {
  const loaded = await gauge("loaded_timestamp_seconds");
  platform.installation.writePolicy(spec);
  await eventually(async () => (await gauge("loaded_timestamp_seconds")) > loaded);
}

test("with res-default off a Deployment without limits is refused everywhere", async () => {
  await reload({ rules: { "res-default": { mode: "off" } } });
  const message = await platform.refused(unsized("platform-application/off"));
  assert.match(message, /Deployment platform-application\/off is refused .*: 4 findings\n/);
});

test("a faulty policy is refused with its mistakes, and the last good one stays", async () => {
  platform.installation.writePolicy({ rules: { "res-defualt": { mode: "enforce" } } });
  await eventually(async () => (await gauge("load_failed")) === 1);
  const told = /res-defualt.*policy refused, the last good one stays/;
  await eventually(async () => told.test(platform.guard.log()));
  const message = await platform.refused(unsized("platform-application/off"));
  assert.match(message, /: 4 findings\n/);
});

test("the next good one is taken without a restart", async () => {
  await reload({});
  assert.equal(await gauge("load_failed"), 0);
  // The entries for defaults, gone while the rule was off, are written again.
  await platform.untilAsked();
  const result = await platform.applied(unsized("platform-application/off"));
  assert.match(warningsOf(result).join("\n"), /^\[res-default\] container main: added/);
});

const WARNED = ["limits", "requests"].flatMap((list) =>
  ["cpu", "memory"].map((resource) => {
    const aim = list === "limits" ? "peak use" : "steady-state use";
    const key = `resources.${list}.${resource}`;
    return (
      `[res-${list}-required] container main has no ${resource} ${list.slice(0, -1)}` +
      ` — fix: set ${key} to ${aim} (spec.template.spec.containers[name=main].${key})`
    );
  }),
);

test("an override weakens rules for its objects until its last day", async () => {
  const rules = ["res-*"];
  const reason = "moves soon";
  await reload({
    overrides: [
      { namespaces: ["legacy-a"], rules, mode: "warn", until: tomorrow, reason },
      { namespaces: ["legacy-b"], rules, mode: "warn", until: yesterday, reason },
    ],
  });
  const admitted = await platform.applied(unsized("legacy-a/old"));
  assert.deepEqual(warningsOf(admitted), WARNED);
  const [created] = platform.cluster
    .auditEvents()
    .filter(({ requestURI, verb }) => verb === "create" && requestURI.includes("legacy-a/deploy"));
  const by = `overrides[0] until ${tomorrow}`;
  assert.equal(
    created?.annotations?.["enforce-labelled.guard.keymate.io/exempted"],
    `res-limits-required by ${by}; res-requests-required by ${by}`,
  );
  assert.match(await platform.refused(unsized("legacy-b/old")), /: 4 findings\n/);
  const ended = `spec.overrides[1] ended on ${yesterday} and no longer applies: remove it`;
  await eventually(async () => platform.guard.log().includes(ended));
});

test("--mode warn admits with warnings and patches nothing", async () => {
  await platform.guard.stop("SIGKILL");
  platform.installation.writePolicy({});
  const guard = await platform.installation.startGuard(["--mode", "warn"]);
  platform.installation.forwarder.setBackends([guard.port]);
  await guard.ready();
  const database = workload("StatefulSet", "platform-application/db", {
    component: "relational-database",
    containers: [{ name: "main" }],
  });
  const expected = [
    "[ns-component-layer] relational-database belongs to layer data, namespace platform-application is application — fix: deploy it to a namespace of layer data (metadata.labels[policy.keymate.io/component])",
    ...WARNED.map((line) => line.replace(/ — fix/, "; if enforced, admission would add … — fix")),
  ];
  const result = await eventually(async () => {
    const tried = await platform.send("apply", database, "--dry-run=server");
    return tried.code === 0 && tried;
  });
  assert.deepEqual(
    // The rules on replicas and budgets have their say too; this is about what is filled in.
    warningsOf(result)
      .filter((line) => /^\[(ns|res)-/.test(line))
      .map((line) => line.replace(/would add \S+ /, "would add … ")),
    expected,
  );
  await platform.applied(database);
  const { metadata, spec } = await platform.get("statefulset", "platform-application/db");
  assert.deepEqual(spec.template.spec.containers[0].resources, {});
  assert.deepEqual(metadata.labels, { "policy.keymate.io/component": "relational-database" });
});

test("the API server met no faulty answer, the guard no fault of its own", async () => {
  await assertNoInternalError(platform.guard);
  assertNoFaultyAnswer(await platform.cluster.metrics());
});
