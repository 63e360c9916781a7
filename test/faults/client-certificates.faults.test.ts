import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../cluster/eventually.ts";
import { createAuthority } from "../cluster/pki.ts";
import { decisionOf, deploymentReview } from "./support/reviews.ts";
import { serveGuard } from "./support/served-guard.ts";

test("with --client-ca only callers with its certificates are answered, and a new file is taken", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "keymate-guard-client-ca-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, "ca.crt");
  const [first, second] = await Promise.all([createAuthority("one"), createAuthority("two")]);
  const subject = { commonName: "kube-apiserver" };
  const [ours, theirs] = await Promise.all([first.issue(subject), second.issue(subject)]);
  writeFileSync(file, first.cert);
  const guard = await serveGuard(t, { args: ["--client-ca", file] });
  const call = (pair: object) =>
    guard.send("/validate", deploymentReview(), { ...pair, agent: false }).then(decisionOf);
  assert.equal((await call(ours)).uid, "705ab4f5-6393-11e8-b7cc-42010a800002");
  await assert.rejects(call({}));
  await assert.rejects(call(theirs));
  assert.equal((await guard.ops("/readyz")).status, 200, "probes need none");
  writeFileSync(file, second.cert);
  await eventually(
    () =>
      call(theirs).then(
        () => true,
        () => false,
      ),
    20_000,
  );
  await assert.rejects(call(ours));
});
