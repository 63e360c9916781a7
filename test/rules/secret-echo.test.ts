import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { suite, test } from "node:test";
import { decideMutation, decideValidation } from "../../src/engine/decide.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { planMutation } from "../../src/engine/mutate.ts";
import { messageOf, renderFinding } from "../../src/engine/render.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import {
  environmentOf,
  type Fixture,
  fixtureFolders,
  fixturesOf,
  judgedDocument,
  subjectOfFixture,
} from "../support/fixtures.ts";

/** Holds what URL encoding changes. */
const MARKER = "Mk7%qZ+3vX9w";

/** What a credential looks like where people write one. */
const SHAPES: readonly string[] = [
  MARKER,
  `postgres://u:${MARKER}@db/app`,
  `jdbc:postgresql://db/app?user=u&password=${MARKER}`,
  `--password=${MARKER}`,
  `-----BEGIN PRIVATE KEY-----\n${MARKER}\n-----END PRIVATE KEY-----`,
  `user: u\ndb.password: ${MARKER}\nurl: https://u:${MARKER}@host\n`,
  `{"db": {"password": "${MARKER}"}}`,
];

/** Fields that say which object, part or figure is meant: messages have to name them. */
const IDENTIFIERS: ReadonlySet<string> = new Set([
  "apiVersion",
  "kind",
  "metadata",
  "name",
  "namespace",
  "labels",
  "matchLabels",
  "matchExpressions",
  "selector",
  "podSelector",
  "operator",
  "key",
  "type",
  "ephemeral-storage",
]);

/** The marker in every disguise that would give it away. */
const DISGUISES: readonly string[] = [
  MARKER,
  encodeURIComponent(MARKER),
  Buffer.from(MARKER).toString("hex"),
  ...[0, 1, 2].map((offset) => base64Core(MARKER, offset)),
  ...SHAPES.flatMap((text) =>
    ["md5", "sha1", "sha256", "sha512"].flatMap((algorithm) => {
      const digest = createHash(algorithm).update(text).digest();
      return [digest.toString("hex").slice(0, 12), digest.toString("base64").slice(0, 12)];
    }),
  ),
];

for (const rule of fixtureFolders()) {
  suite(`rule ${rule} and all others beside it`, () => {
    for (const fixture of fixturesOf(rule)) {
      test(`give nothing away of what ${fixture.name} holds`, () => proveSilent(fixture));
    }
  });
}

function proveSilent(fixture: Fixture): void {
  const object = judgedDocument(fixture);
  for (const path of textPaths(object)) {
    for (const text of SHAPES) {
      const answer = answerTo(fixture, planted(object, path, text));
      for (const disguise of DISGUISES) {
        assert.ok(!answer.includes(disguise), `${path.join(".")} is given away: ${answer}`);
      }
    }
  }
}

/** Everything that any door would say. */
function answerTo(fixture: Fixture, object: JsonObject): string {
  const environment = environmentOf(fixture);
  const subject = subjectOfFixture(fixture, object);
  const evaluation = evaluate(environment, subject);
  assert.deepEqual(evaluation.faults, []);
  const decision = decideValidation(subject, evaluation, environment.policy, "deny");
  const mutation =
    subject.operation === "DELETE" ? "" : decideMutation(planMutation(environment, subject));
  const rendered = evaluation.judgements.map((judgement) => [
    renderFinding(judgement),
    messageOf(judgement),
    // Keys stay inside, but those of credentials could be logged one day.
    judgement.rule.practice === "secrets" ? judgement.finding.key : "",
    judgement.finding.fix,
  ]);
  return JSON.stringify({ decision, mutation, rendered });
}

/** Paths of all strings, but those that identify something. */
function textPaths(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === "string") return [[...path]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    IDENTIFIERS.has(key) ? [] : textPaths(child, [...path, key]),
  );
}

function planted(object: JsonObject, path: readonly string[], text: string): JsonObject {
  const copy = structuredClone(object) as Record<string, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ""] = text;
  const metadata = copy["metadata"] as Record<string, unknown>;
  const annotations = { ...(metadata["annotations"] as object), "example.com/note": text };
  return { ...copy, metadata: { ...metadata, annotations } };
}

/** Base64 of the text behind `offset` other bytes, without what its neighbours decide. */
function base64Core(text: string, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString("base64");
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + text.length) * 8) / 6));
}
