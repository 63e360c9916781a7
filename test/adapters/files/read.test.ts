import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf } from "../../../src/kubernetes/object.ts";
import { problemsOf, read } from "./workspace.ts";

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;
const namesIn = (text: string | Uint8Array) =>
  read(text).objects.map(({ object }) => nameOf(object));

test("a stream yields each document with the line where it starts", () => {
  const { objects, problems } = read(
    `# head\n${pod("a")}---\n${pod("b")}---\n\n# c\n${pod("c")}...\n`,
  );
  assert.deepEqual(
    objects.map(({ line }) => line),
    [2, 6, 12],
  );
  assert.deepEqual(problems, []);
});

test("a broken document is a problem with its line and hides no other", () => {
  const text = `${pod("a")}---\nkey: "open\n---\n${pod("b")}---\na: b: c\n`;
  assert.deepEqual(namesIn(text), ["a", "b"]);
  assert.deepEqual(problemsOf(text), [
    '6: the document is not valid YAML: missing closing "quote',
    "11: the document is not valid YAML: nested mappings are not allowed in compact mappings",
  ]);
});

test("a key that is there twice is refused, in YAML and in JSON", () => {
  assert.deepEqual(problemsOf("a: 1\nb:\n  c: 1\n  c: 2\n"), ["4: the key c is there twice"]);
  assert.deepEqual(problemsOf('{"a": 1,\n "a": 2}'), ["2: the key a is there twice"]);
});

test("a tab used for indentation is named", () => {
  assert.deepEqual(problemsOf("a:\n\tb: 1\n"), [
    "2: a tab is used for indentation, YAML wants spaces",
  ]);
});

test("JSON is read with tabs, escapes and several values in a row", () => {
  const one =
    '{\n\t"apiVersion": "v1",\n\t"kind": "Pod",\n\t"metadata": {"name": "\\u0061\\/}"}\n}\n';
  assert.deepEqual(namesIn(one), ["a/}"]);
  assert.deepEqual(namesIn(one + one), ["a/}", "a/}"]);
  assert.deepEqual(
    read(one + one).objects.map(({ line }) => line),
    [1, 6],
  );
});

test("the items of a List keep their own lines", () => {
  const text = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata:
      name: a
  - apiVersion: v1
    kind: Pod
    metadata:
      name: b
`;
  const { objects } = read(text);
  assert.deepEqual(
    objects.map(({ line }) => line),
    [4, 8],
  );
  assert.deepEqual(
    objects.map((object) => object.placeOf("/metadata/name").line),
    [7, 11],
  );
  assert.equal(objects[1]?.placeOf("/metadata/labels/app").line, 10);
});

test("the items of a typed list get the kind that the list names", () => {
  const { objects } = read(
    "apiVersion: apps/v1\nkind: DeploymentList\nitems: [{metadata: {name: a}}]\n",
  );
  assert.equal(objects[0]?.object["kind"], "Deployment");
  assert.equal(objects[0]?.object["apiVersion"], "apps/v1");
});

test("an item that is no object is a problem, and so is one without a kind", () => {
  assert.deepEqual(problemsOf("apiVersion: v1\nkind: List\nitems:\n- 3\n- apiVersion: v1\n"), [
    "4: item 0 of the list is no object",
    "5: the object has no kind",
  ]);
});

test("a byte order mark and CRLF change neither values nor lines", () => {
  const { objects, files } = read(`\uFEFF${pod("a")}---\n${pod("b")}`.replaceAll("\n", "\r\n"));
  assert.deepEqual(
    objects.map(({ line }) => line),
    [1, 5],
  );
  assert.equal(objects[1]?.placeOf("/metadata/name").line, 7);
  assert.equal(files[0]?.bom, true);
});

test("scalars are read as kubectl reads them", () => {
  const text =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nx: [yes, off, 0777, 1_000, 2026-01-01, 1:30, ~, 1e3]\n";
  assert.deepEqual(read(text).objects[0]?.object["x"], [
    true,
    false,
    511,
    1000,
    "2026-01-01",
    "1:30",
    null,
    1000,
  ]);
});

test("an empty input holds nothing and is no problem", () => {
  for (const text of ["", "\n", "---\n", "# only a comment\n---\n...\n", "%YAML 1.2\n---\n"]) {
    const { objects, problems, ignored } = read(text);
    assert.deepEqual([objects.length, problems.length, ignored], [0, 0, 0], JSON.stringify(text));
  }
});

test("a directive belongs to the document below it", () => {
  assert.deepEqual(namesIn(`%YAML 1.2\n---\n${pod("a")}`), ["a"]);
});

test("documents that are no objects are ignored unless they pretend to be", () => {
  const { problems, ignored } = read(
    "replicaCount: 1\n---\n- a\n---\njust text\n---\nkind: thing\n",
  );
  assert.equal(ignored, 4);
  assert.deepEqual(problems, []);
  assert.deepEqual(problemsOf("kind: Pod\nmetadata: {name: a}\n"), [
    "1: the object has no apiVersion",
  ]);
  assert.deepEqual(problemsOf("apiVersion: v1\nkind: 3\nspec: {}\n"), [
    "2: the object has no usable kind",
  ]);
});

test("a kustomization is ignored by its group", () => {
  const text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n";
  assert.deepEqual([read(text).ignored, read(text).objects.length], [1, 0]);
});
