import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { findFiles } from "../../../src/adapters/files/find-files.ts";
import { loadFiles } from "../../../src/adapters/files/load.ts";
import { Folder } from "./workspace.ts";

test("a folder yields its manifests in order, whatever their depth", () => {
  using folder = new Folder();
  for (const name of [
    "b.yaml",
    "a/z.yml",
    "a.json",
    "A.YAML",
    "x.txt",
    ".git/a.yaml",
    "n/node_modules/a.yaml",
    "a/.hidden/h.yaml",
  ]) {
    folder.write(name, "");
  }
  const { files, failures } = findFiles([folder.path]);
  assert.deepEqual(
    files.map((file) => relative(folder.path, file)),
    ["A.YAML", "a.json", "a/.hidden/h.yaml", "a/z.yml", "b.yaml"],
  );
  assert.deepEqual(failures, []);
});

test("a file that is named is read whatever its ending, and once however often it is named", () => {
  using folder = new Folder();
  const path = folder.write("manifest.txt", "");
  const yaml = folder.write("a.yaml", "");
  assert.deepEqual(findFiles([path, folder.path, yaml, path]).files, [yaml, path]);
});

test("symbolic links are followed and their loops end", () => {
  using folder = new Folder();
  folder.write("real/a.yaml", "");
  symlinkSync("..", join(folder.path, "real", "loop"));
  symlinkSync("real", join(folder.path, "alias"));
  symlinkSync("nowhere", join(folder.path, "dangling.txt"));
  const { files } = findFiles([folder.path]);
  assert.deepEqual(files, [join(folder.path, "alias", "a.yaml")]);
});

test("a path that does not exist is a failure with advice, and the rest is read", () => {
  using folder = new Folder();
  folder.write("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n");
  const missing = join(folder.path, "missing.yaml");
  const { objects, failures } = loadFiles([missing, folder.path]);
  assert.equal(objects.length, 1);
  assert.deepEqual(failures, [
    { path: missing, message: `${missing} does not exist: check the path` },
  ]);
});
