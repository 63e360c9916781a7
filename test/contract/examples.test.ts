import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { suite, test } from "node:test";
import { loadFiles } from "../../src/adapters/files/load.ts";
import type { Environment } from "../../src/engine/environment.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { planMutation } from "../../src/engine/mutate.ts";
import { oncePerPass } from "../../src/engine/once.ts";
import { messageOf } from "../../src/engine/render.ts";
import { speaksAt } from "../../src/engine/rule.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { labelsOf, metadataOf } from "../../src/kubernetes/object.ts";
import { RULES } from "../../src/rules/index.ts";
import { SECRETS } from "../../src/usecases/audited-kinds.ts";
import { checkFiles } from "../../src/usecases/check-files.ts";
import { exitCodeOf, type ReportFinding } from "../../src/usecases/report.ts";
import { rawObject, subjectOf } from "../support/builders.ts";
import {
  clusterOf,
  type Fixture,
  fixturesOf,
  subjectOfFixture,
  usageIn,
} from "../support/fixtures.ts";
import {
  atRest,
  kustomizeOrder,
  namedOn,
  resourcesOf,
  withDefaults,
} from "../support/manifests.ts";
import { policyWith } from "../support/policy.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
const PLATFORM = join(EXAMPLES, "platform");
const BROKEN = join(EXAMPLES, "broken");
const NOW = Date.parse("2026-11-23T00:00:00Z");

/** The examples are files that can be read: nothing for a rule of files to speak of. */
const OF_OBJECTS = RULES.filter(({ targets }) => targets.length > 0);

/** Manifests of a folder, in the order in which kubectl walks it. */
function manifestsOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml")
    .sort()
    .map((name) => join(folder, name));
}

function check(files: readonly string[]) {
  const loaded = loadFiles(files);
  assert.deepEqual([loaded.problems, loaded.failures], [[], []]);
  const settings = { policy: policyWith(), now: NOW, namespace: "default", state: [] };
  const { report, faults } = checkFiles(loaded, settings);
  assert.deepEqual(faults, []);
  return report;
}

function objectsOf(files: readonly string[]): JsonObject[] {
  return loadFiles(files).objects.map(({ object }) => object);
}

/** What admission says while objects arrive one by one, and the cluster grows with them. */
function findingsOnArrival(objects: readonly JsonObject[]): string[] {
  const state: JsonObject[] = resourcesOf(objects);
  const said: string[] = [];
  for (const raw of objects.map(withDefaults)) {
    const environment = { policy: policyWith(), cluster: new StaticView(state), now: NOW };
    const subject = subjectOf(raw);
    const { judgements, faults } = evaluate(environment, subject);
    assert.deepEqual(faults, []);
    assert.deepEqual(planMutation(environment, subject).patch, [], "nothing is left to fill in");
    said.push(...judgements.map((one) => `${one.mode} ${one.rule.id}: ${messageOf(one)}`));
    state.push(raw);
  }
  return said;
}

/** What the audit says of objects in a cluster that holds these and nothing else, by object. */
function auditOf(objects: readonly JsonObject[]): { object: JsonObject; ids: string[] }[] {
  const once = oncePerPass();
  const cluster = new StaticView(objects);
  const environment = { policy: policyWith(), cluster, now: NOW, once, optedIn: SECRETS };
  return objects.map((object) => {
    const { judgements, faults } = evaluate(environment, subjectOf(object, { door: "audit" }));
    assert.deepEqual(faults, []);
    return { object, ids: [...new Set(judgements.map(({ rule }) => rule.id))].sort() };
  });
}

/** What the schedules of the example platform make in a night. */
function madeOvernight(): JsonObject[] {
  const completionTimestamp = "2026-11-22T03:10:00Z";
  return [
    rawObject("postgresql.cnpg.io/v1", "Backup", "pg-main-1", {
      namespace: "platform-data",
      spec: { cluster: { name: "pg-main" } },
      status: { phase: "completed", stoppedAt: "2026-11-22T02:35:00Z" },
    }),
    rawObject("velero.io/v1", "Backup", "platform-1", {
      namespace: "velero",
      spec: { includedNamespaces: ["platform-data"], snapshotMoveData: true, ttl: "840h" },
      status: { phase: "Completed", completionTimestamp },
    }),
  ];
}

/** What the next objects settle. */
const AWAITING =
  /^warn (pdb-required: no PDB |ha-min-replicas: .* until an autoscaler|pdb-blocks-eviction: .* of 1 replica |mon-scrape-target: .* selects no )/;

const platform = objectsOf(manifestsOf(PLATFORM));

suite("the example platform", () => {
  test("passes every rule as files", () => {
    const report = check(manifestsOf(PLATFORM));
    assert.deepEqual(report.findings, []);
    assert.deepEqual(report.skipped, []);
    assert.equal(report.summary.verdict, "pass");
  });

  test("has every practice that rules speak of judged", () => {
    const heard = OF_OBJECTS.filter((rule) => speaksAt(rule, "check"));
    const practices = new Set(heard.map(({ practice }) => practice));
    for (const { id, status } of check(manifestsOf(PLATFORM)).practices) {
      assert.equal(status, practices.has(id) ? "pass" : "not-applicable", id);
    }
  });

  test("runs every component of the embedded policy", () => {
    const declared = new Set(platform.map((object) => namedOn(object, "component")));
    const { components } = policyWith().platform;
    assert.deepEqual(
      [...components.keys()].filter((name) => !declared.has(name)),
      [],
    );
  });

  test("has all its manifests in its kustomization, in the order of the files", () => {
    const text = readFileSync(join(PLATFORM, "kustomization.yaml"), "utf8");
    const listed = [...text.matchAll(/^ {2}- (.+)$/gm)].map(([, name]) => name);
    assert.deepEqual(
      listed,
      manifestsOf(PLATFORM).map((path) => basename(path)),
    );
  });

  test("is admitted without a word in the order of its files", () => {
    assert.deepEqual(findingsOnArrival(platform), []);
  });

  test("is admitted in kustomize's own order, told only of budgets and autoscalers to come", () => {
    const said = findingsOnArrival(kustomizeOrder(platform));
    assert.ok(said.length > 0, "workloads come before their budgets");
    for (const line of said) assert.match(line, AWAITING);
  });

  test("is applied again without a word, whatever has run in the meantime", () => {
    const running = platform.map((manifest) => atRest(withDefaults(manifest)));
    const environment = { policy: policyWith(), cluster: new StaticView(running), now: NOW };
    for (const old of running) {
      const labels = { ...labelsOf(old), touched: "yes" };
      const raw = { ...old, metadata: { ...metadataOf(old), labels } };
      const subject = subjectOf(raw, { operation: "UPDATE", old });
      assert.deepEqual(evaluate(environment, subject).judgements, []);
      assert.deepEqual(planMutation(environment, subject).patch, []);
    }
  });

  test("passes every rule at the audit, once it has run for a night", () => {
    const running = [
      ...platform.map((manifest) => atRest(withDefaults(manifest))),
      ...madeOvernight(),
    ];
    assert.deepEqual(
      auditOf(running).filter(({ ids }) => ids.length > 0),
      [],
    );
  });

  test("lacks nothing but the backups of the night at the audit, when it was only just applied", () => {
    const ids = auditOf(platform.map(atRest)).flatMap((found) => found.ids);
    assert.deepEqual([...new Set(ids)], ["backup-recent"]);
  });

  test("is admitted in any order of the same objects, as far as nothing blocks", () => {
    const said = findingsOnArrival([...platform].reverse());
    assert.deepEqual(
      said.filter((line) => line.startsWith("enforce")),
      [],
    );
  });
});

test("the guide's example values pass without a finding", () => {
  const files = manifestsOf(join(EXAMPLES, "guide-values"));
  assert.deepEqual(check(files).findings, []);
  assert.deepEqual(findingsOnArrival(objectsOf(files)), []);
});

const WORDS = {
  breaks: /^# Breaks: (.+)$/gm,
  audit: /^# At the audit: (.+)$/gm,
  fills: /^# Fills in: (.+)$/gm,
};

/** The ids that a comment above an object names. */
function promised(text: string, pattern = WORDS.breaks): string[] {
  const ids = [...text.matchAll(pattern)].flatMap(([, list = ""]) => list.split(", "));
  return ids.sort();
}

function idsOf(findings: readonly ReportFinding[]): string[] {
  return [...new Set(findings.map(({ rule }) => rule))].sort();
}

const brokenByFiles = manifestsOf(BROKEN).flatMap((file) => {
  const text = readFileSync(file, "utf8");
  return [...promised(text), ...promised(text, WORDS.audit)];
});

suite("the broken platform", () => {
  const report = check(manifestsOf(BROKEN));

  for (const file of manifestsOf(BROKEN)) {
    test(`breaks the rules that it names, and no other: ${basename(file)}`, () => {
      let line = 1;
      for (const text of readFileSync(file, "utf8").split(/^---$/m)) {
        const end = line + text.split("\n").length - 1;
        const own = report.findings.filter(
          ({ source }) => source?.file === file && source.line >= line && source.line <= end,
        );
        assert.deepEqual(idsOf(own), promised(text), `${basename(file)}:${line}`);
        line = end;
      }
    });
  }

  test("breaks at the audit, beside these, the rules that its files name for it, and no others", () => {
    const texts = manifestsOf(BROKEN).flatMap((file) => readFileSync(file, "utf8").split(/^---$/m));
    const found = auditOf(objectsOf(manifestsOf(BROKEN)));
    assert.deepEqual(
      found.map(({ ids }, index) => ids.filter((id) => !promised(texts[index] ?? "").includes(id))),
      texts.map((text) => promised(text, WORDS.audit)),
    );
  });

  test("fails", () => {
    assert.equal(report.summary.verdict, "fail");
    assert.equal(exitCodeOf(report, "enforce"), 1);
  });

  test("is reported alike whatever the order of the files", () => {
    assert.deepEqual(check(manifestsOf(BROKEN).reverse()), report);
  });
});

const requests = fixturesOf("requests", BROKEN);

/** The good platform, with what the request brings along. */
function environmentOf(request: Fixture): Environment {
  const { settings } = request;
  return {
    policy: policyWith(settings.policy),
    cluster: new StaticView([...platform.map(atRest), ...clusterOf(request)]),
    now: Date.parse(settings.now),
    optedIn: SECRETS,
    ...usageIn(request),
  };
}

suite("a recorded request against the good platform", () => {
  for (const request of requests) {
    const text = readFileSync(request.file, "utf8");
    test(`gets what it says: ${request.name}`, () => {
      const environment = environmentOf(request);
      const subject = subjectOfFixture(request);
      const plan = planMutation(environment, subject);
      assert.equal(plan.fault, undefined);
      assert.deepEqual([...plan.rules].sort(), promised(text, WORDS.fills));
      if (request.kind === "fix") return;
      const { judgements, faults } = evaluate(environment, subject);
      assert.deepEqual(faults, []);
      const broken = judgements.filter(({ preexisting }) => !preexisting);
      assert.deepEqual([...new Set(broken.map(({ rule }) => rule.id))].sort(), promised(text));
    });
  }
});

/** All in one namespace is not beside the broken ones; its fixtures show it. */
const TAKES_ANOTHER_PLATFORM: ReadonlySet<string> = new Set(["ns-single-namespace"]);

test("every rule is broken by a file or by a request", () => {
  const shown = requests.flatMap(({ file }) => {
    const text = readFileSync(file, "utf8");
    return [...promised(text), ...promised(text, WORDS.fills)];
  });
  const ids = OF_OBJECTS.map(({ id }) => id)
    .filter((id) => !TAKES_ANOTHER_PLATFORM.has(id))
    .sort();
  assert.deepEqual([...new Set([...brokenByFiles, ...shown])].sort(), ids);
});
