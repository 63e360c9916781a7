import assert from "node:assert/strict";
import { test } from "node:test";
import { fixDocument } from "../../../src/adapters/files/fix-document.ts";
import { segmentsFrom } from "../../../src/adapters/files/pointer.ts";

const REQUESTS = { cpu: "500m", memory: "512Mi" };
const RESOURCES = { requests: REQUESTS, limits: { cpu: "2", memory: "2Gi" } };

function fix(text: string, additions: Readonly<Record<string, unknown>>) {
  return fixDocument(
    text,
    Object.entries(additions).map(([pointer, value]) => ({
      segments: segmentsFrom(pointer),
      value,
    })),
  );
}

/** The fixed text, after a look at whether everything was written. */
function fixed(text: string, additions: Readonly<Record<string, unknown>>): string {
  const result = fix(text, additions);
  assert.deepEqual(result.refused, []);
  assert.equal(result.applied, Object.keys(additions).length);
  return result.text;
}

test("a new key goes below the last one of its mapping, before the comments that follow", () => {
  const text = `spec:
  containers:
    - name: api # the first
      image: a
      # of api

    # of b
    - name: b
      args: |
        one

        two

  # of spec
# of nobody`;
  const expected = `spec:
  containers:
    - name: api # the first
      image: a
      resources:
        requests:
          cpu: 500m
          memory: 512Mi
        limits:
          cpu: "2"
          memory: 2Gi
      # of api

    # of b
    - name: b
      args: |
        one

        two
      resources:
        requests:
          cpu: 500m
          memory: 512Mi

  # of spec
# of nobody`;
  assert.equal(
    fixed(text, {
      "/spec/containers/0/resources": RESOURCES,
      "/spec/containers/1/resources": { requests: REQUESTS },
    }),
    expected,
  );
});

test("a comment inside a deeper block stays in it", () => {
  const text = "a:\n  b:\n    c: 1\n    # of b\n  # of a\n# of the document\n";
  assert.equal(
    fixed(text, { "/d": "x", "/a/e": "x", "/a/b/f": "x" }),
    "a:\n  b:\n    c: 1\n    f: x\n    # of b\n  e: x\n  # of a\nd: x\n# of the document\n",
  );
});

test("the indentation of the document is followed", () => {
  assert.equal(
    fixed("a:\n    b:\n        c: 1\n", { "/a/d": { e: { f: "g" } } }),
    "a:\n    b:\n        c: 1\n    d:\n        e:\n            f: g\n",
  );
  assert.equal(
    fixed("spec:\n  list:\n  - name: a\n    x:\n      w: 1\n", { "/spec/list/0/z": { w: "v" } }),
    "spec:\n  list:\n  - name: a\n    x:\n      w: 1\n    z:\n      w: v\n",
  );
});

test("an empty mapping or a missing value becomes a block and keeps its comment and anchor", () => {
  const text = "a: {} # none\nb: # todo\nc: &c {}\nd: ~\ne:\n  {}\nf:\n";
  assert.equal(
    fixed(text, {
      "/a/k": "v",
      "/b": { k: "v" },
      "/c/k": "v",
      "/d": { k: "v" },
      "/e/k": "v",
      "/f": "v",
    }),
    "a: # none\n  k: v\nb: # todo\n  k: v\nc: &c\n  k: v\nd:\n  k: v\ne:\n  k: v\nf: v\n",
  );
});

test("a flow mapping stays on its line", () => {
  const text = "a: {limits: {memory: 1Gi}} # c\nb: { x: 1 }\nc: {x: 1,}\nd: [{x: }]\n";
  assert.equal(
    fixed(text, {
      "/a/limits/cpu": "2",
      "/a/requests": REQUESTS,
      "/b/w": "2",
      "/c/w": "z",
      "/d/0/x": { w: "z" },
    }),
    `a: {limits: {memory: 1Gi, cpu: "2"}, requests: {cpu: 500m, memory: 512Mi}} # c\nb: { x: 1, w: "2" }\nc: {x: 1, w: z,}\nd: [{x: {w: z} }]\n`,
  );
});

test("a flow mapping over several lines gets a line of its own", () => {
  const text =
    "a: {\n  x: 1, # one\n  w: 2 # two\n}\nb: {\n  x: 1, # one\n}\nc: { x: 1,\n     w: 2 }\n";
  assert.equal(
    fixed(text, { "/a/z": "3", "/b/z": "3", "/c/z": "v" }),
    'a: {\n  x: 1, # one\n  w: 2, # two\n  z: "3"\n}\nb: {\n  x: 1, # one\n  z: "3",\n}\nc: { x: 1,\n     w: 2, z: v }\n',
  );
});

test("JSON stays JSON, spread or compact", () => {
  const value = { spec: { containers: [{ name: "a", resources: {} }, { name: "b" }] } };
  const additions = {
    "/spec/containers/0/resources/requests": REQUESTS,
    "/spec/containers/1/resources": RESOURCES,
    "/metadata": { labels: { "policy.keymate.io/layer": "data" } },
  };
  const expected = {
    spec: {
      containers: [
        { name: "a", resources: { requests: REQUESTS } },
        { name: "b", resources: RESOURCES },
      ],
    },
    metadata: { labels: { "policy.keymate.io/layer": "data" } },
  };
  for (const indent of [undefined, 2, 4, "\t"]) {
    assert.equal(
      fixed(JSON.stringify(value, null, indent), additions),
      JSON.stringify(expected, null, indent),
    );
  }
});

test("CRLF and a missing last line ending stay", () => {
  assert.equal(
    fixed("a:\r\n  b: 1\r\nc: {}", { "/a/d": "x", "/c/e": "z" }),
    "a:\r\n  b: 1\r\n  d: x\r\nc:\r\n  e: z",
  );
});

test("what another reader would take for something else is quoted", () => {
  assert.equal(
    fixed("a: 1\n", {
      "/b": "yes",
      "/c": "1e3",
      "/d": "0",
      "/e": "",
      "/f": "1.5Gi",
      "/g": "a: b",
      "/n": "2027-03-31",
    }),
    'a: 1\nb: "yes"\nc: "1e3"\nd: "0"\ne: ""\nf: 1.5Gi\ng: "a: b"\n"n": "2027-03-31"\n',
  );
});

test("block scalars keep what they hold", () => {
  for (const header of ["|", "|-", "|+", ">", "|2"]) {
    const text = `a:\n  b: ${header}\n    x\n\n    y\n\n`;
    const result = fixed(text, { "/a/c": "d", "/e": "f" });
    assert.match(result, /\n {2}c: d\n/);
  }
});

test("text behind an anchor is left alone when other places show it, and the user is told", () => {
  const text = "base: &b\n  limits: {memory: 1Gi}\nx:\n  r: *b\nw:\n  <<: *b\n";
  const reason = "it is shared by an anchor, and the other places would change too";
  assert.deepEqual(fix(text, { "/x/r/requests": REQUESTS }), {
    text,
    applied: 0,
    refused: [{ segments: ["x", "r", "requests"], reason }],
  });
  assert.deepEqual(fix(text, { "/w/limits/cpu": "1" }).refused, [
    { segments: ["w", "limits", "cpu"], reason },
  ]);
});

test("text behind an anchor is written once when all its places want the same", () => {
  assert.equal(
    fixed("x: &b\n  l: 1\nw: *b\n", { "/x/r": "s", "/w/r": "s" }),
    "x: &b\n  l: 1\n  r: s\nw: *b\n",
  );
});

test("a merged mapping gets its own key where the base has none", () => {
  assert.equal(
    fixed("base: &b {l: 1}\nw:\n  <<: *b\n  name: w\n", { "/w/r": "s" }),
    "base: &b {l: 1}\nw:\n  <<: *b\n  name: w\n  r: s\n",
  );
});

test("what cannot be written hinders nothing else", () => {
  const result = fix("x: &b {l: 1}\nw: *b\nz:\n  a: 1\n", {
    "/w/r": "s",
    "/z/b": "c",
    "/z/a": "taken",
    "/list/0/a": "nowhere",
  });
  assert.equal(result.text, "x: &b {l: 1}\nw: *b\nz:\n  a: 1\n  b: c\n");
  assert.deepEqual(result.refused.map(({ segments }) => segments.join("/")).sort(), [
    "list/0/a",
    "w/r",
    "z/a",
  ]);
});
