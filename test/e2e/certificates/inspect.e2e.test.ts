import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runProgram } from "../../../src/cli/program.ts";
import { captured } from "../../cli/support/captured-io.ts";
import { certsSecret } from "../availability/support/serving.ts";
import { liveEntries } from "../availability/support/watching.ts";
import { OVERLAY } from "../support/installation.ts";
import { Platform, succeeded } from "../support/platform.ts";

let platform: Platform;

before(async () => {
  platform = await Platform.start({ controllerManager: false });
});

after(() => platform?.stop());

async function inspect(kubeconfig: string, ...argv: readonly string[]) {
  const { io, out, err } = captured();
  const args = ["certs", "inspect", "--kubeconfig", kubeconfig, ...argv];
  return { code: await runProgram(args, io), out: out(), err: err() };
}

const secret = ["secret", "keymate-guard-certs", "-n", "keymate-guard"] as const;

test("certs inspect shows the Secret, what entries trust, and no key", async (t) => {
  const { code, out, err } = await inspect(platform.cluster.kubeconfig);
  t.diagnostic(out);
  assert.equal(code, 0, err);
  assert.match(out, /^secret keymate-guard\/keymate-guard-certs\n {2}state {8}valid\n/);
  assert.match(
    out,
    /generation {3}1\n {2}entries {6}all \d+ contain the CA that signed tls\.crt\n/,
  );
  assert.match(out, /names {8}keymate-guard\.keymate-guard\.svc, /);
  assert.doesNotMatch(out, /PRIVATE/);
  const data = (await certsSecret(platform.cluster))?.data ?? {};
  for (const key of ["ca.key", "tls.key"]) {
    const body = data[key]?.split("\n")[1] ?? "";
    assert(body.length > 20 && !out.includes(body), key);
  }
});

test("certs inspect with the guard's own rights says the same, with fewer exactly what is missing", async () => {
  const own = await platform.cluster.tokenKubeconfig("keymate-guard", "keymate-guard");
  assert.equal((await inspect(own)).code, 0);
  succeeded(await platform.kubectl("create", "serviceaccount", "nobody", "-n", "default"));
  const nobody = await platform.cluster.tokenKubeconfig("default", "nobody");
  const { code, err } = await inspect(nobody);
  assert.equal(code, 3);
  assert.match(err, /cannot get secret keymate-guard\/keymate-guard-certs: needs permission/);
});

test("certs inspect ends with 1 for an entry or a leaf that callers do not trust, and says which", async () => {
  await platform.installation.guards[0]?.stop();
  const kind = "validatingwebhookconfiguration";
  const operation = [{ op: "remove", path: "/webhooks/0/clientConfig/caBundle" }];
  const args = ["patch", kind, "keymate-guard", "--type=json", "-p", JSON.stringify(operation)];
  succeeded(await platform.kubectl(...args));
  const one = await inspect(platform.cluster.kubeconfig);
  assert.equal(one.code, 1);
  assert.match(
    one.out,
    /entries {6}1 of \d+ lack the CA that signed tls\.crt: .*guard\.keymate\.io\n/,
  );
  const other = await inspect(platform.cluster.kubeconfig, "guard.example");
  assert.equal(other.code, 1);
  assert.match(other.out, /state {8}corrupt: .*guard\.example/);
});

test("certs inspect tells an empty Secret, one of somebody else and none apart", async () => {
  const { kubeconfig } = platform.cluster;
  const change = (value: object) =>
    platform.kubectl("patch", ...secret, "--type=merge", "-p", JSON.stringify(value));
  const annotations = { "policy.keymate.io/managed-by": null };
  const labels = { "policy.keymate.io/managed-by": null };
  succeeded(await change({ metadata: { annotations, labels } }));
  const foreign = await inspect(kubeconfig);
  assert.equal(foreign.code, 1);
  assert.match(foreign.out, /state {8}foreign: it holds data without the annotation/);
  succeeded(await change({ data: null }));
  const empty = await inspect(kubeconfig);
  assert.deepEqual([empty.code, empty.out], [3, ""]);
  assert.match(empty.err, /keymate-guard-certs is empty: no guard has filled it yet/);
  succeeded(await platform.kubectl("delete", ...secret));
  const absent = await inspect(kubeconfig);
  assert.equal(absent.code, 3);
  assert.match(absent.err, /there is no secret keymate-guard\/keymate-guard-certs/);
});

test("a CA that must not be trusted any longer is gone when Secret and configurations were taken away", async () => {
  const kinds = "validatingwebhookconfiguration,mutatingwebhookconfiguration";
  succeeded(await platform.kubectl("delete", kinds, "keymate-guard"));
  succeeded(await platform.kubectl("apply", "-k", OVERLAY));
  const since = performance.now();
  const guard = await platform.installation.startGuard();
  await guard.ready();
  assert(performance.now() - since < 30_000, "nobody is waited for");
  const { code, out } = await inspect(platform.cluster.kubeconfig);
  assert.equal(code, 0, out);
  assert.equal(out.split("\nca.crt\n").length - 1, 1, "one CA alone");
  for (const { caBundle } of (await liveEntries(platform.cluster)) ?? []) {
    assert.equal(caBundle.split("BEGIN").length - 1, 1);
  }
});
