import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import type { ApiServer, AuditEvent } from "../../cluster/api-server.ts";
import { eventually } from "../../cluster/eventually.ts";
import { caOf, certsSecret } from "../availability/support/serving.ts";
import { startLoad, storedLoad } from "../availability/support/steady-load.ts";
import { liveEntries, throughout } from "../availability/support/watching.ts";
import { assertNoFaultyAnswer } from "../support/counters.ts";
import { namespace, workload } from "../support/manifests.ts";
import { PLATFORM_NAMESPACES, Platform, succeeded } from "../support/platform.ts";
import { byHelm, deployedFlags, helm, onRelease } from "./release.ts";

const PER_SECOND = 50;
const GROUP = "/apis/admissionregistration.k8s.io/v1";
const CONFIGURATIONS = ["mutating", "validating"].map((what) => `${what}webhookconfigurations`);

/** Changes every object that a change of values can reach. */
const CHANGED = {
  replicas: 3,
  podDisruptionBudget: { minAvailable: 2 },
  serve: { logLevel: "debug", leafLife: "60d" },
  policy: { metadata: { name: "changed" } },
  commonLabels: { team: "identity" },
  commonAnnotations: { "example.com/owner": "identity" },
};

interface HelmEvent extends AuditEvent {
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource: string };
}

let platform: Platform;
let second: ApiServer;

before(async () => {
  const args = ["--drain", "10s"];
  platform = await Platform.start({ replicas: 2, args, audit: "Metadata", source: byHelm() });
  second = await platform.cluster.addApiServer();
});

after(() => platform?.stop());

const entriesText = async () => {
  const answers = CONFIGURATIONS.map((plural) =>
    platform.cluster.request("GET", `${GROUP}/${plural}/keymate-guard`),
  );
  return (await Promise.all(answers)).map(
    (answer) => answer.json<{ webhooks?: object[] }>().webhooks,
  );
};

const data = async () => (await certsSecret(platform.cluster))?.data;

/** None may fail while something happens; what was created goes away, to make room for the next. */
async function underLoad(t: TestContext, happens: () => Promise<unknown>): Promise<void> {
  const load = startLoad([platform.cluster.request, second.request], PER_SECOND);
  const all = "/apis/apps/v1/namespaces/platform-application/deployments";
  try {
    await happens();
  } finally {
    await load.stop();
    await platform.cluster.request("DELETE", all);
  }
  const { created, failures } = await load.stop();
  t.diagnostic(`${created} created meanwhile`);
  assert.deepEqual(failures, []);
}

const unsized = (name: string) =>
  workload("StatefulSet", `platform-data/${name}`, { component: "none" });

/** As a rollout does it: one more first, then the oldest goes. */
async function replaceGuards(): Promise<void> {
  const { forwarder, guards, startGuard } = platform.installation;
  const args = await deployedFlags(platform.cluster);
  for (const old of guards.filter((guard) => guard.running())) {
    const next = await startGuard(args);
    await next.ready(60_000);
    const serving = guards.filter((guard) => guard.running());
    forwarder.setBackends(serving.map(({ port }) => port));
    forwarder.remove(old.port, 1_000);
    assert.equal(await old.stop("SIGTERM"), 0, old.log());
  }
}

test("an installation intercepts once a guard is ready, by entries that the chart knows nothing of", async () => {
  const entries = await entriesText();
  assert.ok(entries.every((list) => (list?.length ?? 0) > 0));
  assert.match(await platform.refused(unsized("refused")), /is refused by policy keymate/);
  const { stdout } = succeeded(await onRelease(platform.cluster, "status"));
  assert.match(stdout, /STATUS: deployed/);
  assert.match(stdout, /kubectl -n keymate-guard rollout status deployment keymate-guard/);
});

for (const { how, change } of [
  { how: "an upgrade", change: () => helm(platform.cluster, "upgrade", CHANGED) },
  {
    how: "an upgrade by client-side apply, as Helm 3 does it,",
    change: () => helm(platform.cluster, "upgrade", { replicas: 2 }, "--server-side=false"),
  },
  {
    how: "an upgrade that takes conflicts by force",
    change: () =>
      helm(platform.cluster, "upgrade", CHANGED, "--server-side=true", "--force-conflicts"),
  },
  { how: "a rollback", change: () => onRelease(platform.cluster, "rollback") },
]) {
  test(`${how} leaves the guard's entries and certificates alone, and no create fails`, async (t) => {
    const before = { entries: await entriesText(), data: await data() };
    await underLoad(t, async () => succeeded(await change()));
    assert.deepEqual({ entries: await entriesText(), data: await data() }, before);
  });
}

test("guards with the flags of the new release take over without a failed create", async (t) => {
  succeeded(await helm(platform.cluster, "upgrade", CHANGED));
  const ca = await caOf(platform.cluster);
  await underLoad(t, async () => {
    await replaceGuards();
    for (const { metadata } of await storedLoad(platform.cluster.request)) {
      assert.equal(metadata.labels?.["policy.keymate.io/layer"], "application", metadata.name);
    }
  });
  assert.equal(await caOf(platform.cluster), ca);
  assert.match(platform.guard.log(), /"level":"?debug|"level":20/);
  for (const page of [await platform.cluster.metrics(), await second.metrics()]) {
    assertNoFaultyAnswer(page);
  }
});

test("an uninstallation with running guards fails no create and leaves nothing that blocks", async (t) => {
  await underLoad(t, async () => {
    succeeded(await onRelease(platform.cluster, "uninstall"));
    // What the data layer refused a moment ago.
    await platform.applied(unsized("right-after"));
    // A changed scope is what makes a guard write.
    platform.installation.writePolicy({ rules: { "res-default": { mode: "off" } } });
    await throughout(5_000, "a configuration is back", async () => {
      return (await liveEntries(platform.cluster)) === undefined;
    });
  });
  for (const plural of CONFIGURATIONS) {
    const answer = await platform.cluster.request("GET", `${GROUP}/${plural}/keymate-guard`);
    assert.equal(answer.status, 404);
  }
});

test("the configurations went before anything else did", () => {
  const byHelmInOrder = (platform.cluster.auditEvents() as readonly HelmEvent[])
    .filter(({ verb, userAgent }) => verb === "delete" && userAgent?.startsWith("Helm/"))
    .map(({ objectRef }) => objectRef?.resource ?? "");
  const resources = [...new Set(byHelmInOrder)];
  assert.deepEqual(resources.slice(0, 2).sort(), CONFIGURATIONS.toSorted());
  for (const resource of ["services", "deployments", "clusterrolebindings"]) {
    assert.ok(resources.includes(resource), resource);
  }
});

test("nothing of the release is left, its certificate authority included", async () => {
  const kinds =
    "deploy,svc,sa,secret,configmap,role,rolebinding,networkpolicy,pdb,resourcequota,clusterrole,clusterrolebinding";
  await eventually(async () => {
    const args = [kinds, "-n", "keymate-guard", "-l", "helm.sh/chart", "-o", "name"];
    return succeeded(await platform.kubectl("get", ...args)).stdout === "";
  });
  assert.equal(await certsSecret(platform.cluster), undefined);
});

test("installed again, a new guard intercepts again with a CA of its own", async () => {
  const { guards } = platform.installation;
  const running = guards.filter((guard) => guard.running());
  await Promise.all(running.map((guard) => guard.stop("SIGKILL")));
  await byHelm()(platform.cluster);
  const kubeconfig = await platform.cluster.tokenKubeconfig("keymate-guard", "keymate-guard");
  const guard = await platform.installation.startGuard([`--kubeconfig=${kubeconfig}`]);
  platform.installation.forwarder.setBackends([guard.port]);
  await guard.ready();
  await eventually(async () => {
    const { code } = await platform.send("apply", unsized("again"), "--dry-run=server");
    return code !== 0;
  });
  assert.match(await platform.refused(unsized("again")), /is refused by policy keymate/);
});

test("upgraded and uninstalled while no guard is there, it still leaves nothing that blocks", async () => {
  await platform.guard.stop("SIGKILL");
  const blocked = await platform.send("apply", unsized("blocked"));
  assert.match(blocked.stderr, /failed calling webhook/);
  succeeded(await helm(platform.cluster, "upgrade", CHANGED));
  succeeded(await onRelease(platform.cluster, "uninstall"));
  await platform.applied([...PLATFORM_NAMESPACES.map((name) => namespace(name)), unsized("free")]);
});
