import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { Environment } from "../../src/engine/environment.ts";
import { isStampedByController } from "../../src/engine/requesters.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { type Door, Judged, type Operation, type Subject } from "../../src/engine/subject.ts";
import { type JsonObject, ownObject, ownString } from "../../src/kubernetes/json.ts";
import { RULES } from "../../src/rules/index.ts";
import { SECRETS } from "../../src/usecases/audited-kinds.ts";
import { UsageReadings } from "../../src/usecases/usage-readings.ts";
import { mustBeObject, subjectOf } from "./builders.ts";
import { policyWith } from "./policy.ts";

export const FIXTURES = join(import.meta.dirname, "../rules");

/** What a fixture claims: no finding, these findings, this patch. */
export type FixtureKind = "allow" | "deny" | "fix";

/** One scenario: a cluster, and the object that is judged in it. */
export interface Fixture {
  readonly rule: string;
  readonly kind: FixtureKind;
  /** `deny.missing-label` */
  readonly name: string;
  readonly file: string;
  /** Beside the file; only deny and fix have one. */
  readonly expectedFile: string;
  readonly settings: FixtureSettings;
  readonly documents: readonly JsonObject[];
}

/** The leading comment block, read as YAML. */
export interface FixtureSettings {
  readonly operation: Operation;
  readonly door: Door;
  readonly user: string;
  /** ISO 8601. */
  readonly now: string;
  readonly subresource: string;
  /** Kind of the object that a subresource of another kind belongs to: a Scale says nothing of it. */
  readonly parent: string;
  /** Laid over the `spec` of the embedded policy. */
  readonly policy: JsonObject;
}

const DEFAULTS: Omit<FixtureSettings, "door"> = {
  operation: "CREATE",
  user: "developer",
  now: "2026-11-23T00:00:00Z",
  subresource: "",
  parent: "",
  policy: {},
};

const filePattern = /^((allow|deny|fix)\.[a-z0-9-]+)\.yaml$/;

/** Folders of fixtures; each is named after its rule. */
export function fixtureFolders(root: string = FIXTURES): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

export function fixturesOf(rule: string, root: string = FIXTURES): Fixture[] {
  const folder = join(root, rule);
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const match = filePattern.exec(file);
      if (match === null) return [];
      const [, name = "", kind = ""] = match;
      return [readFixture(join(folder, file), { rule, name, kind: kind as FixtureKind })];
    });
}

/** Files in a folder that are neither a fixture nor an expectation that one needs. */
export function surplusFiles(rule: string, root: string = FIXTURES): string[] {
  const wanted = new Set(
    fixturesOf(rule, root).flatMap(({ kind, name }) =>
      kind === "allow" ? [`${name}.yaml`] : [`${name}.yaml`, `${name}.expected.json`],
    ),
  );
  return readdirSync(join(root, rule)).filter((file) => !wanted.has(file));
}

function readFixture(
  file: string,
  identity: { rule: string; name: string; kind: FixtureKind },
): Fixture {
  const text = readFileSync(file, "utf8");
  const documents = parseAllDocuments(text).map((document, index) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]?.message}`);
    return mustBeObject(document.toJS(), `${file}: document ${index + 1}`);
  });
  if (documents.length === 0) throw new Error(`${file}: no document to judge`);
  return {
    ...identity,
    file,
    expectedFile: file.replace(/\.yaml$/, ".expected.json"),
    settings: { door: doorOf(identity.rule), ...readSettings(text, file) },
    documents,
  };
}

/** Where a rule speaks at one door only, its fixtures play there. */
function doorOf(id: string): Door {
  const doors = RULES.find((rule) => rule.id === id)?.doors;
  return doors?.length === 1 ? (doors[0] ?? "admission") : "admission";
}

/** Comment lines that do not look like `key: value` are prose and for people. */
function readSettings(text: string, file: string): Omit<FixtureSettings, "door"> {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  const comments = lines.slice(0, end < 0 ? lines.length : end).map((line) => line.slice(2));
  const isSetting = (line: string) => /^[a-z]+:/.test(line);
  const yaml = comments.filter((line) => isSetting(line) || line.startsWith("  ")).join("\n");
  const given = (parse(yaml, { schema: "core" }) ?? {}) as Record<string, unknown>;
  for (const key of Object.keys(given)) {
    if (key !== "door" && !Object.hasOwn(DEFAULTS, key))
      throw new Error(`${file}: unknown setting ${key}`);
  }
  return { ...DEFAULTS, ...given };
}

/** The object that is judged: the last document. */
export function judgedDocument({ documents, file }: Fixture): JsonObject {
  const last = documents.at(-1);
  if (last === undefined) throw new Error(`${file}: no document to judge`);
  return last;
}

/** What a door would hand to the engine; `object` replaces the judged document. */
export function subjectOfFixture(fixture: Fixture, object = judgedDocument(fixture)): Subject {
  const { operation, door, user, subresource, parent } = fixture.settings;
  const old = operation === "UPDATE" ? fixture.documents.at(-2) : undefined;
  if (operation === "UPDATE" && old === undefined)
    throw new Error(`${fixture.file}: no old object`);
  const subject = subjectOf(object, { operation, door, user, subresource, ...(old && { old }) });
  const stamped = operation === "CREATE" && isStampedByController(user, subject.kind);
  const { policy } = environmentOf(fixture);
  const byController = stamped || policy.isTrustedController(user);
  return parent === ""
    ? { ...subject, byController }
    : ofParent({ ...subject, byController }, parent);
}

function ofParent(subject: Subject, kind: string): Subject {
  const { object, old } = subject;
  return {
    ...subject,
    kind,
    object: new Judged(kind, object.raw),
    old: old && new Judged(kind, old.raw),
  };
}

/**
 * What the cluster holds: on admission of a new object not yet that, everywhere else it does. A
 * `fix` shows what its own rule adds: the other mutating rules are off unless the fixture says
 * otherwise.
 */
export function environmentOf(fixture: Fixture): Environment {
  const { rule, kind, settings } = fixture;
  const spec = kind === "fix" ? withoutOtherMutations(rule, settings.policy) : settings.policy;
  return {
    policy: policyWith(spec),
    cluster: new StaticView(clusterOf(fixture)),
    now: Date.parse(settings.now),
    optedIn: SECRETS,
    ...usageIn(fixture),
  };
}

/** PodMetrics are no objects of the cluster: one of each Pod, in their order, is one reading. */
export function usageIn({ documents }: Fixture): Pick<Environment, "usage"> {
  const metrics = documents.filter((object) => ownString(object, "kind") === "PodMetrics");
  if (metrics.length === 0) return {};
  const usage = new UsageReadings(metrics.length);
  for (const time of new Set(metrics.map((object) => ownString(object, "timestamp")))) {
    usage.add(metrics.filter((object) => ownString(object, "timestamp") === time));
  }
  return { usage };
}

/** The objects of the cluster that the fixture plays in. */
export function clusterOf({ settings, documents }: Fixture): readonly JsonObject[] {
  const isNew = settings.door === "admission" && settings.operation !== "DELETE";
  return isNew ? documents.slice(0, -1) : documents;
}

function withoutOtherMutations(rule: string, spec: JsonObject): JsonObject {
  const others = RULES.filter((other) => "mutate" in other && other.id !== rule);
  const off = Object.fromEntries(others.map(({ id }) => [id, { mode: "off" }]));
  return { ...spec, rules: { ...off, ...ownObject(spec, "rules") } };
}
