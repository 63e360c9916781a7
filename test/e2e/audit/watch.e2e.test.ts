import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { AuditEvent } from "../../cluster/api-server.ts";
import { startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { total } from "../support/counters.ts";
import { type GuardProcess, startGuard } from "../support/guard-process.ts";

const MANIFESTS = fileURLToPath(new URL("../../../manifests/audit", import.meta.url));
const ACCOUNT = "system:serviceaccount:keymate-guard:keymate-guard-audit";
const LEASE = "keymate-guard-audit";

const BAD_POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "shell", namespace: "platform-application" },
  spec: { containers: [{ name: "shell", image: "shell:1" }] },
};

suite("an audit that goes on", () => {
  let cluster: TestCluster;
  const running: GuardProcess[] = [];

  before(async () => {
    cluster = await startCluster({ audit: "Metadata" });
    const named = ["keymate-guard", "platform-application"].map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    }));
    await cluster.apply(named.map((object) => JSON.stringify(object)).join("\n---\n"));
    const applied = await cluster.kubectl(["apply", "-k", MANIFESTS]);
    assert.equal(applied.code, 0, applied.stderr);
  });

  after(async () => {
    for (const one of running.filter((guard) => guard.running())) await one.stop("SIGKILL");
    await cluster?.stop();
  });

  async function start(name: string): Promise<GuardProcess> {
    const kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard-audit");
    const args = [`--kubeconfig=${kubeconfig}`, "--interval=1s", "--leader-elect"];
    const logFile = join(cluster.dir, `${name}.log`);
    const guard = await startGuard({ command: "audit", args, logFile });
    running.push(guard);
    await guard.ready();
    return guard;
  }

  const value = async (guard: GuardProcess, name: string, labels = {}) =>
    total((await guard.ops("/metrics")).text, `keymate_guard_audit_${name}`, labels);
  const leads = async (guard: GuardProcess) => (await value(guard, "leader")) === 1;
  /** What our account asked for, granted or not, but for its lease and for watches. */
  const reads = () =>
    cluster
      .auditEvents()
      .filter((event) => (event["user"] as { username?: string }).username === ACCOUNT)
      .filter(({ verb, requestURI }) => verb !== "watch" && !requestURI.includes("/leases"));
  /** A look at all that is served, which is how kinds that are not installed are found. */
  const isLook = ({ requestURI }: AuditEvent) => requestURI === "/apis";
  const others = () => reads().filter((event) => !isLook(event));

  async function nextPasses(guard: GuardProcess, count: number): Promise<void> {
    for (let pass = 0; pass < count; pass += 1) {
      const last = await value(guard, "last_complete_timestamp_seconds");
      await eventually(
        async () => (await value(guard, "last_complete_timestamp_seconds")) > last,
        30_000,
      );
    }
  }

  let first: GuardProcess;
  let second: GuardProcess;

  test("is ready when its first pass is done, with the permissions that are shipped", async () => {
    first = await start("first");
    await eventually(() => leads(first), 20_000);
    await nextPasses(first, 1);
    assert.doesNotMatch(first.log(), /needs permission/);
    const { text } = await first.ops("/readyz?verbose");
    assert.match(text, /\[\+\]lease ok: leading\n/);
  });

  test("reads nothing but watch events for its next passes, and asks for no missing kind", async () => {
    await nextPasses(first, 1);
    const before = reads().length;
    assert.ok(before > 15, `${before} reads of the first pass`);
    const since = () => reads().slice(before);
    await eventually(async () => since().filter(isLook).length >= 2, 60_000);
    await nextPasses(first, 3);
    const answers = since().map((event) => `${event.requestURI} ${event.responseStatus?.code}`);
    assert.deepEqual([...new Set(answers)], ["/apis 304"]);
  });

  test("judges what comes and forgets what goes, by watch events alone", async () => {
    const before = others().length;
    const labels = { rule: "res-requests-required", mode: "enforce" };
    assert.equal(await value(first, "findings", labels), 0);
    await cluster.apply(JSON.stringify(BAD_POD));
    await eventually(async () => (await value(first, "findings", labels)) > 0, 20_000);
    const gone = ["delete", "pod", "shell", "-n", "platform-application", "--grace-period=0"];
    assert.equal((await cluster.kubectl([...gone, "--force"])).code, 0);
    await eventually(async () => (await value(first, "findings", labels)) === 0, 20_000);
    assert.equal(others().length, before);
  });

  test("waits for the lease while another leads, and is ready for it", async () => {
    second = await start("second");
    assert.equal(await leads(second), false);
    assert.match((await second.ops("/readyz?verbose")).text, /\[\+\]audit ok: waiting/);
  });

  test("takes over within 20 seconds when the leader is killed", async (context) => {
    const killed = performance.now();
    await first.stop("SIGKILL");
    await eventually(() => leads(second), 20_000);
    context.diagnostic(`took over after ${Math.round(performance.now() - killed)} ms`);
    await nextPasses(second, 1);
  });

  test("lets go of the lease when it is stopped", async () => {
    assert.equal(await second.stop(), 0);
    const lease = await cluster.kubectl([
      "get",
      "lease",
      LEASE,
      "-n",
      "keymate-guard",
      "-o",
      "jsonpath={.spec.holderIdentity}",
    ]);
    assert.equal(lease.stdout, "");
  });

  test("says which permission is missing, and passes no line that rests on it", async () => {
    const binding = ["delete", "clusterrolebinding", "keymate-guard-audit"];
    assert.equal((await cluster.kubectl(binding)).code, 0);
    const blind = await start("blind");
    await eventually(async () => /"verdict":"not-verified"/.test(blind.log()), 20_000);
    assert.match((await blind.ops("/readyz?verbose")).text, /needs permission|not permitted|list /);
    assert.equal(await blind.stop(), 0);
  });
});
