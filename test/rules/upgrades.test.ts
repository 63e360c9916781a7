import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { evaluate } from "../../src/engine/evaluate.ts";
import type { RecentUpgrade } from "../../src/engine/recent-upgrades.ts";
import { messageOf } from "../../src/engine/render.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { rawObject, subjectOf, UNREADABLE } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

const NOW = Date.parse("2026-11-23T00:00:00Z");

function workload(
  name: string,
  namespace: string,
  image: string,
  metadata: object = {},
): JsonObject {
  return rawObject("apps/v1", "Deployment", name, {
    namespace,
    metadata: { labels: { "policy.keymate.io/component": "cache" }, generation: 2, ...metadata },
    spec: { template: { spec: { containers: [{ name, image }] } } },
    status: {
      observedGeneration: 2,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: 1,
      conditions: [{ type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" }],
    },
  });
}

const redis = workload("redis", "platform-data", "redis:7.2.4");
const api = subjectOf(workload("api", "platform-application", "api:1.5.0"), {
  operation: "UPDATE",
  old: workload("api", "platform-application", "api:1.4.0"),
});

const upgraded: RecentUpgrade = {
  kind: "Deployment.apps",
  namespace: "platform-data",
  name: "redis",
  admittedAt: NOW - 20_000,
  generation: 2,
};

function judge(recent: RecentUpgrade[], cluster = new StaticView([redis])): string[] {
  const since = (time: number) => recent.filter(({ admittedAt }) => admittedAt >= time);
  const environment = { policy: policyWith(), cluster, now: NOW, recent: { since } };
  return evaluate(environment, api)
    .judgements.filter(({ rule }) => rule.id === "upgrade-one-layer")
    .map((judgement) => `${judgement.mode} ${messageOf(judgement)}`);
}

test("an upgrade waits for one of another layer that was let through a moment ago", () => {
  assert.deepEqual(judge([upgraded]), [
    "enforce Deployment platform-data/redis of layer data is progressing (its upgrade was let through 20 s ago)",
  ]);
});

test("an upgrade does not wait for a remembered one that is a minute old, of its own layer or gone", () => {
  assert.deepEqual(judge([{ ...upgraded, admittedAt: NOW - 60_001 }]), []);
  assert.deepEqual(judge([{ ...upgraded, namespace: "platform-application" }]), []);
  assert.deepEqual(judge([upgraded], new StaticView([])), []);
});

test("a remembered upgrade is forgotten as soon as the view shows what came of it", () => {
  const settled = workload("redis", "platform-data", "redis:7.2.5", { generation: 3 });
  const status = { ...(settled["status"] as object), observedGeneration: 3 };
  assert.deepEqual(judge([upgraded], new StaticView([{ ...settled, status }])), []);
});

test("upgrades are not refused by what cannot be read", () => {
  const environment = { policy: policyWith(), cluster: UNREADABLE, now: NOW };
  const pg = (image: string) =>
    rawObject("postgresql.cnpg.io/v1", "Cluster", "pg", {
      namespace: "platform-data",
      spec: { imageName: image },
    });
  const subject = subjectOf(pg("postgresql:16.4"), {
    operation: "UPDATE",
    old: pg("postgresql:16.3"),
  });
  const { judgements } = evaluate(environment, subject);
  const found = judgements.filter(({ rule }) => rule.id === "upgrade-fresh-backup");
  assert.deepEqual(
    found.map(({ mode }) => mode),
    ["warn"],
  );
});

const GATES = ["upgrade-one-layer", "upgrade-fresh-backup"];

/** Modes of the gates for a database whose platform is in motion and which was never backed up. */
function gatesFor(before: string, after: string): string[] {
  const database = (tag: string) =>
    rawObject("apps/v1", "StatefulSet", "db", {
      namespace: "platform-data",
      spec: {
        volumeClaimTemplates: [{ metadata: { name: "data" } }],
        template: { spec: { containers: [{ name: "db", image: `registry.example/db:${tag}` }] } },
      },
    });
  const moving = workload("mesh", "platform-infrastructure", "mesh:1", { generation: 3 });
  const cluster = new StaticView([moving, database(before)]);
  const subject = subjectOf(database(after), { operation: "UPDATE", old: database(before) });
  return evaluate({ policy: policyWith(), cluster, now: NOW }, subject)
    .judgements.filter(({ rule }) => GATES.includes(rule.id))
    .map(({ rule, mode }) => `${rule.id} ${mode}`);
}

test("no gate holds a rollback up, both hold the upgrade back", () => {
  const part = fc.integer({ min: 0, max: 20 });
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (one, other) => {
      const [lower, higher] = [one, other].sort((a, b) => {
        const at = a.findIndex((value, index) => value !== b[index]);
        return (a[at] ?? 0) - (b[at] ?? 0);
      });
      fc.pre(lower !== undefined && higher !== undefined && lower.join() !== higher.join());
      const [down = "", up = ""] = [lower, higher].map((parts) => parts.join("."));
      assert.deepEqual(gatesFor(up, down), []);
      assert.deepEqual(gatesFor(down, up).sort(), [
        "upgrade-fresh-backup enforce",
        "upgrade-one-layer enforce",
      ]);
    }),
    { numRuns: 50 },
  );
});
