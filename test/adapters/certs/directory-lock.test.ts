import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CERTIFICATE_FILES, examine } from "../../../src/adapters/certs/certificate-set.ts";
import { readCertificateFiles } from "../../../src/adapters/certs/directory-files.ts";
import { NAMES, SECOND } from "./support/certificates.ts";
import { DirectoryBench } from "./support/directory-bench.ts";
import { scratch, untilEnd } from "./support/scratch.ts";

const run = promisify(execFile);

describe("DirectorySource, in several processes at once", () => {
  const script = fileURLToPath(new URL("support/start-once.ts", import.meta.url));

  it("ends with one CA that all of them serve", async (t) => {
    const directory = join(scratch(t), "certs");
    const starts = Array.from({ length: 4 }, () => run(process.execPath, [script, directory]));
    const bundles = (await Promise.all(starts)).map(({ stdout }) => JSON.parse(stdout));
    const files = await readCertificateFiles(directory);
    assert.deepEqual(examine(files, { names: NAMES, now: Date.now() }).leafProblems, []);
    for (const { health, caBundle } of bundles) {
      assert.equal(health.healthy, true);
      assert.equal(caBundle, files["ca.crt"]);
    }
    assert.deepEqual(readdirSync(directory).sort(), [...CERTIFICATE_FILES].sort());
  });

  it("takes over the lock of a process that died", async (t) => {
    const directory = scratch(t);
    writeFileSync(join(directory, ".keymate-guard.lock"), "somebody");
    const bench = new DirectoryBench(directory);
    const start = bench.source.start(untilEnd(t));
    await bench.clock.asleep();
    await bench.clock.run(2 * SECOND);
    assert.equal(bench.source.current(), undefined);
    await Promise.all([start, bench.clock.run(3 * SECOND)]);
    assert.equal(bench.source.health().healthy, true);
    assert.deepEqual(readdirSync(directory).sort(), [...CERTIFICATE_FILES].sort());
  });
});
