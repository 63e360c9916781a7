import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Policy } from "../../src/engine/policy.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { audit } from "../../src/usecases/audit.ts";
import type { KindAnswer, KindAnswers } from "../../src/usecases/audit-view.ts";
import { dumpAnswers } from "../../src/usecases/dump-answers.ts";
import { Snapshot } from "../../src/usecases/snapshot.ts";
import { rawObject } from "../support/builders.ts";
import { badRule, fakePolicy } from "../support/fake-rules.ts";
import { policyWith } from "../support/policy.ts";

const APP = "platform-application";
const ALL = ["Deployment.apps", "ReplicaSet.apps", "StatefulSet.apps", "Pod"] as const;
const ANYWHERE = [{ kinds: [...ALL], operations: ["CREATE" as const] }];

const namespace = (name: string, layer?: string) =>
  rawObject("v1", "Namespace", name, {
    metadata: { labels: layer === undefined ? {} : { "policy.keymate.io/layer": layer } },
  });

interface Made {
  readonly owner?: readonly [string, string, string];
  readonly namespace?: string;
  readonly metadata?: JsonObject;
}

function bad(apiVersion: string, kind: string, name: string, made: Made = {}): JsonObject {
  const { owner, metadata = {}, namespace: place = APP } = made;
  const reference = owner && {
    ownerReferences: [
      { apiVersion: owner[0], kind: owner[1], name: owner[2], uid: "", controller: true },
    ],
  };
  return rawObject(apiVersion, kind, name, {
    namespace: place,
    metadata: { ...metadata, ...reference },
    spec: { bad: "x" },
  });
}

interface Audited {
  readonly policy?: Policy;
  readonly namespaces?: readonly string[];
  readonly answers?: Readonly<Record<string, KindAnswer>>;
}

function auditOf(objects: readonly JsonObject[], parts: Audited = {}) {
  const { policy = fakePolicy([badRule("bad-rule", { targets: ANYWHERE })]) } = parts;
  const namespaces = parts.namespaces ?? [];
  const snapshot = new Snapshot({ policy, namespaces, project: (_, object) => object });
  for (const object of [namespace(APP), ...objects]) snapshot.add(object);
  const answers: KindAnswers = new Map([
    ...dumpAnswers(snapshot.view, snapshot.kinds.all),
    ...Object.entries(parts.answers ?? {}),
  ]);
  return audit(snapshot, answers, { policy, namespaces, now: 0 });
}

const found = (objects: readonly JsonObject[], parts?: Audited) =>
  auditOf(objects, parts).report.findings.map(({ object, mode }) => [
    object.kind,
    object.name,
    mode,
  ]);

test("an object of the platform is judged at the door of the audit", () => {
  const { report } = auditOf([bad("apps/v1", "Deployment", "api")]);
  assert.equal(report.door, "audit");
  assert.deepEqual(report.findings[0]?.object, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    namespace: APP,
    name: "api",
  });
  assert.equal(report.summary.verdict, "fail");
  assert.equal(report.findings[0]?.source, undefined);
});

test("a Pod and its ReplicaSet are left to the Deployment, in whatever order they come", () => {
  const objects = [
    bad("v1", "Pod", "p", { owner: ["apps/v1", "ReplicaSet", "r"] }),
    bad("apps/v1", "ReplicaSet", "r", { owner: ["apps/v1", "Deployment", "d"] }),
    bad("apps/v1", "Deployment", "d"),
  ];
  const expected = [["Deployment", "d", "enforce"]];
  assert.deepEqual(found(objects), expected);
  assert.deepEqual(found([...objects].reverse()), expected);
  assert.equal(auditOf(objects).report.summary.objects, 3);
});

test("what only the rules of the child say is said of its controller, once", () => {
  const policy = fakePolicy([
    badRule("of-all", { targets: ANYWHERE }),
    badRule("of-pods", { targets: [{ kinds: ["Pod"], operations: ["CREATE"] }] }),
  ]);
  const owner = ["apps/v1", "StatefulSet", "db"] as const;
  const objects = [
    bad("apps/v1", "StatefulSet", "db"),
    bad("v1", "Pod", "db-0", { owner }),
    bad("v1", "Pod", "db-1", { owner }),
  ];
  const { findings } = auditOf(objects, { policy }).report;
  assert.deepEqual(
    findings.map(({ rule, object, fix }) => [rule, object.kind, object.name, fix]),
    [
      ["of-all", "StatefulSet", "db", "mend bad"],
      ["of-pods", "StatefulSet", "db", "fix it in the StatefulSet spec: mend bad"],
    ],
  );
});

test("children of a controller that nobody judges speak for it, once", () => {
  const owner = ["argoproj.io/v1", "Rollout", "web"] as const;
  const { findings } = auditOf([
    bad("v1", "Pod", "web-2", { owner }),
    bad("v1", "Pod", "web-1", { owner }),
  ]).report;
  assert.deepEqual(
    findings.map(({ object, fix }) => [object.name, fix]),
    [["web-1", "fix it in the Rollout spec: mend bad"]],
  );
});

test("a Pod that an operator has made is no workload of its own", () => {
  const policy = fakePolicy([
    badRule("of-workloads", { targets: ANYWHERE }),
    badRule("of-clusters", {
      targets: [{ kinds: ["Cluster.postgresql.cnpg.io"], operations: ["CREATE"] }],
    }),
  ]);
  const owner = ["postgresql.cnpg.io/v1", "Cluster", "pg"] as const;
  const objects = [
    rawObject("postgresql.cnpg.io/v1", "Cluster", "pg", { namespace: APP, spec: {} }),
    bad("v1", "Pod", "pg-1", { owner }),
  ];
  assert.deepEqual(found(objects, { policy }), []);
});

test("what an operator makes of a custom resource is told of the custom resource", () => {
  const cluster = "Cluster.postgresql.cnpg.io";
  const policy = fakePolicy([
    badRule("of-sets", { targets: [{ kinds: ["StatefulSet.apps"], operations: ["CREATE"] }] }),
    badRule("of-clusters", { targets: [{ kinds: [cluster], operations: ["CREATE"] }] }),
  ]);
  const owner = ["postgresql.cnpg.io/v1", "Cluster", "pg"] as const;
  const objects = [
    bad("postgresql.cnpg.io/v1", "Cluster", "pg"),
    bad("apps/v1", "StatefulSet", "pg-set", { owner }),
  ];
  const { findings } = auditOf(objects, { policy }).report;
  assert.deepEqual(
    findings.map(({ rule, object }) => [rule, object.kind, object.name]),
    [
      ["of-clusters", "Cluster", "pg"],
      ["of-sets", "Cluster", "pg"],
    ],
  );
});

test("nothing is said of excluded namespaces, nor of what is being deleted", () => {
  const deletionTimestamp = "2026-01-01T00:00:00Z";
  const { report } = auditOf([
    bad("v1", "Pod", "system", { namespace: "kube-system" }),
    bad("v1", "Pod", "leaving", { metadata: { deletionTimestamp } }),
  ]);
  assert.deepEqual(report.findings, []);
});

test("outside of the layers everything is audited at most", () => {
  const elsewhere = bad("v1", "Pod", "p", { namespace: "elsewhere" });
  assert.deepEqual(found([namespace("elsewhere"), elsewhere]), [["Pod", "p", "audit"]]);
});

test("that no namespace has a layer is told", () => {
  const policy = fakePolicy([], { platform: { ...fakePolicy([]).platform, layers: [] } });
  assert.equal(auditOf([], { policy }).isUnlayered, true);
  assert.equal(auditOf([]).isUnlayered, false);
});

test("named namespaces alone are judged, the others only looked up", () => {
  const other = "platform-data";
  const objects = [
    namespace(other),
    bad("v1", "Pod", "here"),
    bad("v1", "Pod", "there", { namespace: other }),
  ];
  assert.deepEqual(found(objects, { namespaces: [other] }), [["Pod", "there", "enforce"]]);
});

suite("a kind that may not be listed", () => {
  const reason = "needs permission to list poddisruptionbudgets.policy";
  const needing = (targets = ANYWHERE) =>
    fakePolicy([badRule("bad-rule", { targets, needs: ["PodDisruptionBudget.policy"] })]);

  test("caps what needs it at warn", () => {
    const answers = { "PodDisruptionBudget.policy": { state: "unreadable", reason } as const };
    const objects = [bad("apps/v1", "Deployment", "api")];
    assert.deepEqual(found(objects, { policy: needing(), answers }), [
      ["Deployment", "api", "warn"],
    ]);
  });

  test("leaves what needs it not verified, once for a kind and a namespace", () => {
    const answers = { "PodDisruptionBudget.policy": { state: "unreadable", reason } as const };
    const sound = ["a", "b"].map((name) =>
      rawObject("apps/v1", "Deployment", name, { namespace: APP, spec: {} }),
    );
    const { report } = auditOf(sound, { policy: needing(), answers });
    const object = { apiVersion: "apps/v1", kind: "Deployment", namespace: APP, name: "*" };
    assert.deepEqual(report.skipped, [{ rule: "bad-rule", object, reason }]);
    assert.equal(report.summary.verdict, "not-verified");
  });

  test("matters only where it may not be listed", () => {
    const namespaces = new Set([APP]);
    const state = { state: "unreadable", reason, namespaces } as const;
    const answers = { "PodDisruptionBudget.policy": state };
    const objects = [
      namespace("platform-data"),
      bad("apps/v1", "Deployment", "here"),
      bad("apps/v1", "Deployment", "there", { namespace: "platform-data" }),
    ];
    assert.deepEqual(found(objects, { policy: needing(), answers }), [
      ["Deployment", "here", "enforce"],
      ["Deployment", "there", "warn"],
    ]);
  });

  test("is named where it is what the rule judges", () => {
    const answers = { "Deployment.apps": { state: "unreadable", reason: "no" } as const };
    const { report } = auditOf([], { answers });
    const object = { apiVersion: "apps/v1", kind: "Deployment", name: "*" };
    assert.deepEqual(report.skipped, [{ rule: "bad-rule", object, reason: "no" }]);
  });
});

test("a dump without namespaces verifies nothing that rests on them", () => {
  const policy = fakePolicy([badRule("bad-rule", { targets: ANYWHERE })]);
  const snapshot = new Snapshot({ policy, namespaces: [], project: (_, object) => object });
  snapshot.add(bad("v1", "Pod", "p"));
  const answers = dumpAnswers(snapshot.view, snapshot.kinds.all);
  assert.equal(answers.get("Namespace")?.state, "unreadable");
  const { report } = audit(snapshot, answers, { policy, namespaces: [], now: 0 });
  assert.deepEqual(
    report.findings.map(({ mode }) => mode),
    ["warn"],
  );
});

test("a custom kind is there when the dump defines it, and only then where it defines others of the group", () => {
  const crd = rawObject(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "backups.velero.io",
    {
      spec: { group: "velero.io", names: { kind: "Backup" } },
    },
  );
  const policy = fakePolicy([]);
  const snapshot = new Snapshot({ policy, namespaces: [], project: (_, object) => object });
  snapshot.add(crd);
  const answers = dumpAnswers(snapshot.view, ["Backup.velero.io", "Schedule.velero.io", "Pod"]);
  assert.deepEqual(
    [...answers.values()].map(({ state }) => state),
    ["readable", "absent", "readable"],
  );
});

suite("Secrets that somebody asks for", () => {
  const secret = rawObject("v1", "Secret", "password", {
    namespace: APP,
    metadata: { creationTimestamp: "2026-01-01T00:00:00Z" },
    data: { password: "c2VjcmV0" },
  });

  test("are judged by their metadata alone, values never get in", () => {
    const optedIn = new Set(["Secret"]);
    const policy = policyWith();
    const project = (_: string, object: JsonObject) => object;
    const snapshot = new Snapshot({ policy, namespaces: [], optedIn, project });
    for (const object of [namespace(APP, "application"), secret]) snapshot.add(object);
    assert.doesNotMatch(JSON.stringify([...snapshot.view.list("Secret")]), /c2VjcmV0/);
    const answers = dumpAnswers(snapshot.view, snapshot.kinds.all);
    const now = Date.parse("2026-11-23T00:00:00Z");
    const { report } = audit(snapshot, answers, { policy, namespaces: [], now, optedIn });
    const found = report.findings.filter(({ practice }) => practice === "secrets");
    assert.deepEqual(
      found.map(({ rule, object }) => [rule, object.kind, object.name]),
      [
        ["secret-external", "Namespace", APP],
        ["secret-rotation", "Secret", "password"],
      ],
    );
  });

  test("are not verified where they may not be listed all the same", () => {
    const optedIn = new Set(["Secret"]);
    const policy = policyWith();
    const project = (_: string, object: JsonObject) => object;
    const snapshot = new Snapshot({ policy, namespaces: [], optedIn, project });
    snapshot.add(namespace(APP, "application"));
    const reason = "needs permission to list secrets";
    const answers: KindAnswers = new Map([
      ...dumpAnswers(snapshot.view, snapshot.kinds.all),
      ["Secret", { state: "unreadable", reason }],
    ]);
    const { report } = audit(snapshot, answers, { policy, namespaces: [], now: 0, optedIn });
    const skipped = report.skipped.filter(({ rule }) => rule.startsWith("secret-"));
    assert.deepEqual(
      skipped.map((skip) => [skip.rule, skip.object.kind, skip.reason]),
      [
        ["secret-external", "Namespace", reason],
        ["secret-rotation", "Secret", reason],
      ],
    );
  });

  test("are not verified where nobody does", () => {
    const { report } = auditOf([secret], { policy: policyWith() });
    const skipped = report.skipped.filter(({ rule }) => rule.startsWith("secret-"));
    assert.deepEqual(
      skipped.map(({ rule }) => rule),
      ["secret-external", "secret-rotation"],
    );
    for (const { reason, object } of skipped) {
      assert.match(reason, /^Secrets are only listed where somebody asks for it/);
      assert.deepEqual(object, { apiVersion: "v1", kind: "Secret", name: "*" });
    }
    assert.ok(!report.findings.some(({ rule }) => rule.startsWith("secret-")));
  });
});

test("Secrets are never asked for, whatever a rule judges", () => {
  const targets = [{ kinds: ["Secret"], operations: ["CREATE" as const] }];
  const policy = fakePolicy([badRule("of-secrets", { targets, needs: ["Secret"] })]);
  const { kinds } = new Snapshot({ policy, namespaces: [], project: (_, object) => object });
  assert.ok(!kinds.all.includes("Secret") && !kinds.judged.has("Secret"));
});
