import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { succeeded } from "../support/platform.ts";
import { createNamespace, helm, onRelease } from "./release.ts";

const WAIT = ["--wait", "--timeout=120s"];

let cluster: TestCluster;

before(async () => {
  cluster = await startCluster({ controllerManager: true, scheduler: true, kwok: true });
  await createNamespace(cluster);
});

after(() => cluster?.stop());

async function names(kind: string): Promise<readonly string[]> {
  const args = ["get", kind, "-n", "keymate-guard", "-l", "app.kubernetes.io/name=keymate-guard"];
  const { stdout } = succeeded(await cluster.kubectl([...args, "-o", "name"]));
  return stdout.split("\n").filter((line) => line !== "");
}

test("helm waits for Pods that a restricted namespace and the quota admit", async () => {
  const { stdout } = succeeded(
    await helm(cluster, "install", { serve: { mode: "warn" } }, ...WAIT),
  );
  assert.match(stdout, /With serve\.mode warn it refuses nothing\./);
  assert.equal((await names("pods")).length, 2);
});

test("a change of the policy alone restarts nothing", async () => {
  const pods = await names("pods");
  const values = { serve: { mode: "warn" }, policy: { spec: { profile: "staging" } } };
  succeeded(await helm(cluster, "upgrade", values, ...WAIT));
  assert.deepEqual(await names("pods"), pods);
});

test("a change of settings rolls out, and the notes say what holds", async () => {
  const values = { replicas: 3, podDisruptionBudget: { minAvailable: 2 } };
  const { stdout } = succeeded(await helm(cluster, "upgrade", values, ...WAIT));
  assert.match(stdout, /It refuses what breaks the guide in namespaces with a layer\./);
  assert.equal((await names("pods")).length, 3);
  assert.equal((await names("replicasets")).length, 2);
});

test("values that are refused change nothing", async () => {
  const pods = await names("pods");
  const { code, stderr } = await helm(cluster, "upgrade", { serve: { mode: "wran" } });
  assert.equal(code, 1);
  assert.match(stderr, /value must be one of 'enforce', 'warn', 'audit'/);
  assert.deepEqual(await names("pods"), pods);
  assert.match(succeeded(await onRelease(cluster, "status")).stdout, /STATUS: deployed/);
});
