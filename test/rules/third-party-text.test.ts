import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/engine/evaluate.ts";
import { renderFinding } from "../../src/engine/render.ts";
import {
  environmentOf,
  fixtureFolders,
  fixturesOf,
  subjectOfFixture,
} from "../support/fixtures.ts";

const SECRET = "hunter2secret";

test("what other programs wrote into a status is never repeated", () => {
  let seen = 0;
  for (const fixture of fixtureFolders().flatMap((folder) => fixturesOf(folder))) {
    if (!JSON.stringify(fixture.documents).includes(SECRET)) continue;
    seen++;
    const { judgements } = evaluate(environmentOf(fixture), subjectOfFixture(fixture));
    assert.ok(!judgements.map(renderFinding).join("\n").includes(SECRET), fixture.file);
  }
  assert.ok(seen > 4, "fixtures carry such text");
});
