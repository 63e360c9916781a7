import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ClientCa } from "../../../src/cli/serve/client-ca.ts";
import { CA, newPair, recordingLogger } from "../../adapters/http/guard.ts";

const dir = mkdtempSync(join(tmpdir(), "keymate-guard-client-ca-"));
after(() => rmSync(dir, { recursive: true, force: true }));

/** Each sleep ends at once and does the next thing; the last one ends the watch. */
function clockOf(steps: readonly (() => void)[], stop: AbortController) {
  let next = 0;
  return {
    now: () => 0,
    sleep: async () => {
      if (next < steps.length) steps[next++]?.();
      else stop.abort();
    },
  };
}

test("a client CA that cannot be used is one sentence and exit code 3", async () => {
  const file = join(dir, "bad.crt");
  const open = () => {
    const stop = new AbortController();
    return ClientCa.open({ file, clock: clockOf([], stop), logger: recordingLogger().logger });
  };
  await assert.rejects(open(), { exitCode: 3, message: /there is no such file; name a PEM file/ });
  writeFileSync(file, "nonsense");
  await assert.rejects(open(), { exitCode: 3, message: /holds no readable certificate/ });
  writeFileSync(file, newPair().cert);
  await assert.rejects(open(), { exitCode: 3, message: /not every certificate in it is a CA/ });
});

test("a changed client CA is taken, a faulty one is told once and never taken", async () => {
  const file = join(dir, "ca.crt");
  writeFileSync(file, CA);
  const stop = new AbortController();
  const { logger, lines } = recordingLogger();
  const changed = `${CA}\n${CA}`;
  const steps = [
    () => writeFileSync(file, "nonsense"),
    () => {},
    () => writeFileSync(file, changed),
    () => {},
  ];
  const ca = await ClientCa.open({ file, clock: clockOf(steps, stop), logger });
  const seen: string[] = [];
  await ca.watch(stop.signal, () => seen.push(ca.current()));
  assert.deepEqual(seen, [changed]);
  assert.deepEqual(
    lines.map(({ level }) => level),
    ["error", "info"],
  );
});
