import assert from "node:assert/strict";
import { test } from "node:test";
import { asciiPunctuation, showsUtf8 } from "../../src/cli/ascii.ts";
import { progressFor, textWidth, wantsColour } from "../../src/cli/terminal.ts";
import { NO_PROGRESS } from "../../src/usecases/ports/progress.ts";

const TERMINAL = { write: () => {}, isTerminal: true };
const PIPE = { write: () => {}, isTerminal: false };

test("colour is for terminals, unless NO_COLOR or FORCE_COLOR say otherwise", () => {
  const wants = (output: typeof PIPE, env: Record<string, string> = {}) =>
    wantsColour({ env }, output);
  assert.equal(wants(TERMINAL), true);
  assert.equal(wants(PIPE), false);
  assert.equal(wants(TERMINAL, { NO_COLOR: "1" }), false);
  assert.equal(wants(TERMINAL, { NO_COLOR: "" }), true);
  assert.equal(wants(TERMINAL, { TERM: "dumb" }), false);
  assert.equal(wants(PIPE, { FORCE_COLOR: "1" }), true);
  assert.equal(wants(TERMINAL, { FORCE_COLOR: "0" }), false);
  assert.equal(wants(PIPE, { FORCE_COLOR: "1", NO_COLOR: "1" }), false);
});

test("progress is for a terminal that somebody watches", () => {
  const isShown = (stderr: typeof PIPE, env: Record<string, string> = {}, format = "auto") =>
    progressFor({ env, stderr }, format) !== NO_PROGRESS;
  assert.equal(isShown(TERMINAL), true);
  assert.equal(isShown(TERMINAL, { NO_COLOR: "1" }), true);
  assert.equal(isShown(PIPE), false);
  assert.equal(isShown(TERMINAL, { TERM: "dumb" }), false);
  assert.equal(isShown(TERMINAL, { CI: "true" }), false);
  assert.equal(isShown(TERMINAL, {}, "json"), false);
});

test("running text is 80 columns wide, or what a narrower terminal has", () => {
  assert.equal(textWidth(PIPE), 80);
  assert.equal(textWidth({ ...PIPE, columns: 50 }), 80);
  assert.equal(textWidth({ ...TERMINAL, columns: 200 }), 80);
  assert.equal(textWidth({ ...TERMINAL, columns: 60 }), 60);
  assert.equal(textWidth({ ...TERMINAL, columns: 10 }), 40);
});

test("a terminal shows UTF-8 unless its locale names something else", () => {
  assert.equal(showsUtf8({}), true);
  assert.equal(showsUtf8({ LANG: "" }), true);
  assert.equal(showsUtf8({ LANG: "de_DE.UTF-8" }), true);
  assert.equal(showsUtf8({ LANG: "C.utf8" }), true);
  assert.equal(showsUtf8({ LANG: "C" }), false);
  assert.equal(showsUtf8({ LANG: "de_DE.ISO-8859-1" }), false);
  assert.equal(showsUtf8({ LANG: "de_DE.UTF-8", LC_ALL: "POSIX" }), false);
});

test("only punctuation gives way to ASCII, names stay as they are", () => {
  assert.equal(asciiPunctuation("für „x“ — fix: 2 ≥ 1 …"), 'für „x" - fix: 2 >= 1 ...');
});
