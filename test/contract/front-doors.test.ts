import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { loadFiles } from "../../src/adapters/files/load.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { speaksAt as ruleSpeaksAt } from "../../src/engine/rule.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { displayNameOf, metadataOf } from "../../src/kubernetes/object.ts";
import { RULES } from "../../src/rules/index.ts";
import { audit } from "../../src/usecases/audit.ts";
import { checkFiles } from "../../src/usecases/check-files.ts";
import type { ReportFinding } from "../../src/usecases/report.ts";
import { findingOf } from "../../src/usecases/report-entry.ts";
import { Snapshot } from "../../src/usecases/snapshot.ts";
import {
  clusterOf,
  environmentOf,
  type Fixture,
  fixtureFolders,
  fixturesOf,
  judgedDocument,
  subjectOfFixture,
} from "../support/fixtures.ts";

/** What a door says of the new object of a fixture, while its other objects are in the cluster. */
type FrontDoor = (fixture: Fixture) => readonly ReportFinding[];

/** The audit judges the rest of the cluster as well, and by rules of its own. */
const OF_ADMISSION: ReadonlySet<string> = new Set(
  RULES.filter((rule) => ruleSpeaksAt(rule, "admission")).map(({ id }) => id),
);

/** Another door is one more entry: it is held against what admission says. */
const DOORS = {
  admission: (fixture) => {
    const subject = { ...subjectOfFixture(fixture), user: "developer", byController: false };
    const { judgements, faults } = evaluate(environmentOf(fixture), subject);
    assert.deepEqual(faults, []);
    return judgements.flatMap((judgement) => findingOf(subject, judgement) ?? []);
  },
  check: (fixture) => {
    const text = JSON.stringify(judgedDocument(fixture));
    const loaded = loadFiles(["-"], new TextEncoder().encode(text));
    assert.deepEqual(loaded.problems, []);
    const { report, faults } = checkFiles(loaded, {
      policy: environmentOf(fixture).policy,
      now: Date.parse(fixture.settings.now),
      namespace: "default",
      state: clusterOf(fixture),
    });
    assert.deepEqual(faults, []);
    return report.findings;
  },
  audit: (fixture) => {
    const { policy, now } = environmentOf(fixture);
    const project = (_: string, object: JsonObject) => object;
    const snapshot = new Snapshot({ policy, namespaces: [], project });
    for (const object of [...clusterOf(fixture), anHourOld(fixture)]) snapshot.add(object);
    const answers = new Map(
      snapshot.kinds.all.map((kind) => {
        const state = snapshot.view.readability(kind) === "absent" ? "absent" : "readable";
        return [kind, { state }] as const;
      }),
    );
    const { report, faults } = audit(snapshot, answers, { policy, now, namespaces: [] });
    assert.deepEqual(faults, []);
    const { kind } = judgedDocument(fixture);
    const name = displayNameOf(judgedDocument(fixture));
    return report.findings.filter(
      ({ rule, object }) => OF_ADMISSION.has(rule) && object.kind === kind && object.name === name,
    );
  },
} as const satisfies Readonly<Record<string, FrontDoor>>;

/** Too old for a period of grace, and too young for anything else. */
function anHourOld(fixture: Fixture): JsonObject {
  const object = judgedDocument(fixture);
  const creationTimestamp = new Date(Date.parse(fixture.settings.now) - 3_600_000).toISOString();
  const metadata = { creationTimestamp, ...metadataOf(object) };
  return { ...object, metadata };
}

type DoorName = keyof typeof DOORS;

/** What one door leaves to another, on purpose. */
interface Difference {
  readonly rule: string;
  readonly silentAt: readonly DoorName[];
  /** Of the finding that is missing there. */
  readonly says: RegExp;
  readonly reason: string;
}

const BY_DESIGN: readonly Difference[] = [
  {
    rule: "label-default",
    silentAt: ["admission"],
    says: /admission would add/,
    reason: "/mutate has added the labels before /validate is asked",
  },
  {
    rule: "pdb-selector",
    silentAt: ["admission"],
    says: /matches no workload/,
    reason: "a budget is often applied before its workload; files hold both",
  },
  {
    rule: "pdb-blocks-eviction",
    silentAt: ["check", "audit"],
    says: /^PDB .* will hang/,
    reason:
      "a new workload is told of a budget that is there; elsewhere the budget has the finding",
  },
  {
    rule: "res-limitrange-conflict",
    silentAt: ["check", "audit"],
    says: /refuses every new Pod of/,
    reason: "a new LimitRange is told whom it hits; elsewhere the workloads have the finding",
  },
  {
    rule: "res-request-exceeds-limit",
    silentAt: ["admission"],
    says: /exceeds its limit/,
    reason: "the API server itself refuses these kinds",
  },
  {
    rule: "ha-min-replicas",
    silentAt: ["audit"],
    says: / until an autoscaler is there, /,
    reason: "nothing is about to come any more: the audit says that it runs too few",
  },
  {
    rule: "ha-min-replicas",
    silentAt: ["admission"],
    says: /^(?!.* until an autoscaler is there)/,
    reason: "the same of a workload that has just come: its autoscaler may follow",
  },
  {
    rule: "net-default-deny",
    silentAt: ["admission"],
    says: /^no NetworkPolicy denies by default/,
    reason: "a namespace that is being created is empty, and its policies come after it",
  },
  {
    rule: "mon-scrape-target",
    silentAt: ["admission", "check"],
    says: /^no ServiceMonitor, PodMonitor or scrape annotation reaches /,
    reason: "monitors come after what they scrape, and may lie with other files",
  },
  {
    rule: "secret-external",
    silentAt: ["audit"],
    says: / is written by hand, /,
    reason: "only admission knows who writes it: the audit tells the share of a layer",
  },
  {
    rule: "ha-db-operator-managed",
    silentAt: ["check", "audit"],
    says: /plain StatefulSet/,
    reason:
      "a requester may forge an owner reference; what a file or a cluster holds is taken for true",
  },
];

suite("a new object gets the same findings at every door", () => {
  const used = new Set<Difference>();
  for (const rule of fixtureFolders()) {
    for (const fixture of fixturesOf(rule).filter(isNewObject)) {
      test(`${rule} ${fixture.name}`, () => {
        const expected = DOORS.admission(fixture);
        for (const door of Object.keys(DOORS) as DoorName[]) {
          if (door === "admission") continue;
          const said = DOORS[door](fixture);
          assert.deepEqual(unexplained(expected, said, door, used), [], `silent at ${door}`);
          assert.deepEqual(unexplained(said, expected, "admission", used), [], `only at ${door}`);
        }
      });
    }
  }

  after(() => {
    const stale = BY_DESIGN.filter((difference) => !used.has(difference));
    assert.deepEqual(stale, [], "differences that no fixture shows");
  });
});

function isNewObject({ settings }: Fixture): boolean {
  const { operation, subresource, door } = settings;
  return operation === "CREATE" && subresource === "" && door === "admission";
}

/** Findings that the other door lacks, but for those that it leaves out on purpose. */
function unexplained(
  findings: readonly ReportFinding[],
  others: readonly ReportFinding[],
  silent: DoorName,
  used: Set<Difference>,
): string[] {
  const said = new Set(others.map(wordsOf));
  return findings
    .filter((finding) => !said.has(wordsOf(finding)) && speaksAt(finding.rule, silent))
    .filter(({ rule, message }) => {
      const difference = BY_DESIGN.find(
        (one) => one.rule === rule && one.silentAt.includes(silent) && one.says.test(message),
      );
      if (difference !== undefined) used.add(difference);
      return difference === undefined;
    })
    .map(wordsOf);
}

function speaksAt(id: string, door: DoorName): boolean {
  const doors = RULES.find((rule) => rule.id === id)?.doors;
  return doors === undefined || doors.includes(door);
}

/** Two turns of phrase belong to files: what they lack, and whose spec a stamped Pod comes from. */
function wordsOf({ rule, mode, path, message, fix }: ReportFinding): string {
  const said = message.replace(" in these files", "");
  const advice = fix.replace(/^fix it in the \w+ spec: /, "");
  return `${mode} [${rule}] ${path}: ${said} — ${advice}`;
}
