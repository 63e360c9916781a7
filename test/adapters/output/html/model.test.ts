import assert from "node:assert/strict";
import { test } from "node:test";
import { placesOf } from "../../../../src/adapters/output/html/model.ts";
import { tallyOf } from "../../../../src/adapters/output/html/tally.ts";
import type { InventoryLayer } from "../../../../src/usecases/inventory.ts";
import {
  buildReport,
  type ReportFinding,
  type ReportObject,
} from "../../../../src/usecases/report.ts";
import { findingLike } from "../report-fixture.ts";

const object = (kind: string, name: string, namespace?: string): ReportObject => ({
  apiVersion: kind === "File" ? "" : "v1",
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

const LAYERS: readonly InventoryLayer[] = [
  { layer: "data", namespaces: ["db"], workloads: [] },
  {
    layer: "application",
    namespaces: ["app"],
    workloads: [
      { object: object("Pod", "login", "app"), component: "identity-provider", critical: true },
      { object: object("Pod", "gate", "app"), component: "api-gateway", critical: false },
    ],
  },
];

function places(findings: readonly ReportFinding[], inventory?: readonly InventoryLayer[]) {
  const report = buildReport({
    door: "check",
    policy: "keymate",
    now: 0,
    objects: 1,
    findings,
    skipped: [],
    judged: new Set(),
    incomplete: false,
    ...(inventory === undefined ? {} : { inventory }),
  });
  return placesOf(report);
}

function shown(all: ReturnType<typeof places>): string[] {
  return all.map(({ title, ordinal, components }) => {
    const groups = components.map(
      ({ component, objects }) =>
        `${component ?? "-"}[${objects.map((one) => `${one.object.kind} ${one.object.name} ${one.findings.map(({ mode }) => mode)}`).join("; ")}]`,
    );
    return `${ordinal ?? "-"} ${title}: ${groups.join(" ")}`.trim();
  });
}

test("findings lie in the layer of their namespace, layers in their order, other places after them", () => {
  const findings = [
    findingLike({ object: object("File", "a.yaml") }),
    findingLike({ object: object("ClusterRole", "admin") }),
    findingLike({ object: object("Service", "x", "elsewhere") }),
    findingLike({ object: object("Namespace", "db") }),
    findingLike({ object: object("Pod", "login", "app") }),
  ];
  assert.deepEqual(shown(places(findings, LAYERS)), [
    "1 data: -[Namespace db enforce]",
    "2 application: identity-provider[Pod login enforce]",
    "- Outside the layers: -[Service x enforce]",
    "- Cluster-wide: -[ClusterRole admin enforce]",
    "- Files that cannot be judged: -[File a.yaml enforce]",
  ]);
});

test("the worst comes first: modes in an object, objects in a component, components in a layer", () => {
  const findings = [
    findingLike({ object: object("Pod", "gate", "app"), mode: "audit", path: "a" }),
    findingLike({ object: object("Pod", "gate", "app"), mode: "warn", path: "b" }),
    findingLike({ object: object("Pod", "login", "app"), mode: "audit", path: "a" }),
    findingLike({ object: object("Pod", "login", "app"), mode: "enforce", path: "b" }),
    findingLike({ object: object("Service", "mild", "app"), mode: "audit" }),
    findingLike({ object: object("Service", "bad", "app"), mode: "enforce" }),
  ];
  assert.equal(
    shown(places(findings, LAYERS))[1],
    "2 application: identity-provider[Pod login enforce,audit] api-gateway[Pod gate warn,audit] " +
      "-[Service bad enforce; Service mild audit]",
  );
});

test("a report without an inventory has its findings by namespace", () => {
  assert.deepEqual(shown(places([findingLike({ object: object("Pod", "p", "a") })])), [
    "- Namespaces: -[Pod p enforce]",
  ]);
});

test("every finding is in exactly one place", () => {
  const findings = ["db", "app", "x", undefined].flatMap((namespace) =>
    (["enforce", "warn", "audit"] as const).map((mode) =>
      findingLike({ mode, object: object("Pod", "login", namespace) }),
    ),
  );
  const placed = places(findings, LAYERS).flatMap(({ components }) =>
    components.flatMap(({ objects }) => objects.flatMap((one) => one.findings)),
  );
  assert.equal(placed.length, findings.length);
  assert.deepEqual(tallyOf(placed), tallyOf(findings));
});
