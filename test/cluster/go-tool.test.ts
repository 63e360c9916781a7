import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { requireGo } from "./go-tool.ts";

/** Asks for Go 1.26 where the given script is the only program in PATH. */
function require126(t: TestContext, goScript?: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "keymate-guard-go-"));
  writeFileSync(join(dir, "go.mod"), "module example\n\ngo 1.26.0\n");
  if (goScript) {
    writeFileSync(join(dir, "go"), `#!/bin/sh\n${goScript}\n`);
    chmodSync(join(dir, "go"), 0o755);
  }
  t.after(() => rmSync(dir, { recursive: true }));
  return requireGo(dir, { PATH: dir });
}

test("a missing Go is told in one sentence with a remedy", async (t) => {
  const wanted = /needs Go 1\.26\.0, and none is in PATH\. Install it, or .*KUBEBUILDER_ASSETS/;
  await assert.rejects(require126(t), wanted);
});

test("a Go that is too old is told with both versions", async (t) => {
  await assert.rejects(require126(t, "echo go1.19.8"), /needs Go 1\.26\.0, found go1\.19\.8\./);
});

test("a Go that refuses the module is quoted", async (t) => {
  const old = require126(t, "echo 'go.mod requires go >= 1.26.0' >&2; exit 1");
  await assert.rejects(old, /cannot build for Go 1\.26\.0: .*requires go >= 1\.26\.0/s);
});

test("a Go that is new enough passes", async (t) => {
  await require126(t, "echo go1.27.1");
});
