import assert from "node:assert/strict";
import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SourceFile } from "../../../src/adapters/files/source-file.ts";
import { writeChange } from "../../../src/adapters/files/write-file.ts";
import { Folder } from "./workspace.ts";

test("a file is replaced with its mode and its byte order mark", () => {
  using folder = new Folder();
  const path = folder.write("a.yaml", "\uFEFFa: 1\n");
  chmodSync(path, 0o640);
  writeChange({ file: new SourceFile(path, "a: 1\n", true), after: "a: 2\n" }, "t");
  assert.equal(readFileSync(path, "utf8"), "\uFEFFa: 2\n");
  assert.equal(statSync(path).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(folder.path), ["a.yaml"]);
});

test("a symbolic link stays a link", () => {
  using folder = new Folder();
  const path = folder.write("real.yaml", "a: 1\n");
  const link = join(folder.path, "link.yaml");
  symlinkSync("real.yaml", link);
  writeChange({ file: new SourceFile(link, "a: 1\n"), after: "a: 2\n" }, "t");
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readFileSync(path, "utf8"), "a: 2\n");
});

test("a temporary file of another run is never overwritten", () => {
  using folder = new Folder();
  const path = folder.write("a.yaml", "a: 1\n");
  folder.write(".a.yaml.t.tmp", "other");
  assert.throws(() => writeChange({ file: new SourceFile(path, "a: 1\n"), after: "a: 2\n" }, "t"));
  assert.equal(readFileSync(path, "utf8"), "a: 1\n");
  assert.equal(readFileSync(join(folder.path, ".a.yaml.t.tmp"), "utf8"), "other");
});
