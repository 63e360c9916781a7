import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaultyAnswer, assertNoInternalError, guardTotal } from "../support/counters.ts";
import type { InstallationSource } from "../support/installation.ts";
import { CLUSTER_CRD, GUIDE, type Kind, SIZED, workload } from "../support/manifests.ts";
import { Platform, refusal, succeeded, warningsOf } from "../support/platform.ts";
import { replayRecorded } from "../support/replay.ts";

const TOLD =
  "[res-default] container api: added requests cpu 500m, memory 512Mi, limits cpu 2, memory 2Gi";

const api = (name = "api", namespace = "platform-application") =>
  workload("Deployment", `${namespace}/${name}`, {
    component: "none",
    containers: [{ name: "api" }],
  });

const database = (namespace: string) =>
  workload("StatefulSet", `${namespace}/db`, {
    component: "relational-database",
    containers: [{ name: "postgres" }],
  });

const UNSIZED_DATABASE = [
  'admission webhook "enforce-named.guard.keymate.io" denied the request: ' +
    "StatefulSet platform-data/db is refused by policy keymate: 4 findings",
  "[res-limits-required] container postgres has no cpu limit — fix: set resources.limits.cpu to peak use (spec.template.spec.containers[name=postgres].resources.limits.cpu)",
  "[res-limits-required] container postgres has no memory limit — fix: set resources.limits.memory to peak use (spec.template.spec.containers[name=postgres].resources.limits.memory)",
  "[res-requests-required] container postgres has no cpu request — fix: set resources.requests.cpu to steady-state use (spec.template.spec.containers[name=postgres].resources.requests.cpu)",
  "[res-requests-required] container postgres has no memory request — fix: set resources.requests.memory to steady-state use (spec.template.spec.containers[name=postgres].resources.requests.memory)",
].join("\n");

/** What people meet who apply something, however the guard was installed. */
export function outcomeTests(source: InstallationSource): void {
  let platform: Platform;

  before(async () => {
    platform = await Platform.start({ audit: "RequestResponse", source });
  });

  after(() => platform?.stop());

  test("a Deployment without limits in the application layer is stored with the guide's defaults", async () => {
    const result = await platform.applied(api());
    assert.deepEqual(warningsOf(result), [TOLD]);
    assert.equal(result.stdout, "deployment.apps/api created\n");
    const { metadata, spec } = await platform.get("deployment", "platform-application/api");
    assert.deepEqual(spec.template.spec.containers[0].resources, GUIDE);
    assert.deepEqual(metadata.labels, {
      "app.kubernetes.io/part-of": "keymate",
      "policy.keymate.io/component": "none",
      "policy.keymate.io/layer": "application",
    });
  });

  test("the same in the data layer is refused, every finding with its fix", async () => {
    assert.equal(await platform.refused(database("platform-data")), UNSIZED_DATABASE);
  });

  test("a declared database in the application layer is refused", async () => {
    assert.equal(
      await platform.refused(database("platform-application")),
      'admission webhook "enforce-named.guard.keymate.io" denied the request: ' +
        "StatefulSet platform-application/db is refused by policy keymate: 1 finding\n" +
        "[ns-component-layer] relational-database belongs to layer data, namespace platform-application is application — fix: deploy it to a namespace of layer data (metadata.labels[policy.keymate.io/component])",
    );
  });

  test("a server-side dry run decides the same and leaves no trace", async () => {
    const dryRun = () =>
      guardTotal(platform.guard, "keymate_guard_admission_requests_total", { dry_run: "true" });
    const counted = await dryRun();
    const result = await platform.applied(api("tried"), "--dry-run=server", "-o", "json");
    assert.deepEqual(warningsOf(result), [TOLD]);
    assert.deepEqual(JSON.parse(result.stdout).spec.template.spec.containers[0].resources, GUIDE);
    const refused = await platform.refused(database("platform-data"), "--dry-run=server");
    assert.equal(refused, UNSIZED_DATABASE);
    const names = (await platform.list("deployments", "platform-application")).map(
      ({ metadata }) => metadata.name,
    );
    assert.deepEqual(names, ["api"]);
    assert.equal(await dryRun(), counted + 4, "each of the two is asked for additions and judged");
  });

  const everyKind: readonly Kind[] = ["StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"];
  for (const kind of everyKind) {
    const options = {
      component: "none",
      containers: [{ name: "main" }],
      initContainers: [{ name: "migrate" }, { name: "proxy", restartPolicy: "Always" }],
    };

    test(`${kind}: all containers are filled in, init containers and sidecars included`, async () => {
      const name = `all-${kind.toLowerCase()}`;
      const result = await platform.applied(
        workload(kind, `platform-application/${name}`, options),
      );
      assert.deepEqual(warningsOf(result), [
        "[res-default] container main, init container migrate, sidecar proxy: " +
          "added requests cpu 500m, memory 512Mi, limits cpu 2, memory 2Gi",
      ]);
      const stored = await platform.get(kind, `platform-application/${name}`);
      const { containers, initContainers } = podSpecOf(kind, stored.spec);
      for (const container of [...containers, ...initContainers]) {
        assert.deepEqual(container.resources, GUIDE, container.name);
      }
      assert.equal(stored.metadata.labels?.["policy.keymate.io/layer"], "application");
    });

    test(`${kind}: refused in the data layer for each container`, async () => {
      const message = await platform.refused(workload(kind, `platform-data/x`, options));
      assert.match(message, new RegExp(`: ${kind} platform-data/x is refused .*: 12 findings\n`));
      for (const who of ["init container migrate", "sidecar proxy", "container main"]) {
        assert.equal(message.split(`] ${who} has no `).length, 5, who);
      }
    });
  }

  test("a ReplicaSet that a user makes is judged and not filled in", async () => {
    const bare = workload("ReplicaSet", "platform-application/rs", { component: "none" });
    assert.match(
      await platform.refused(bare),
      /ReplicaSet platform-application\/rs is refused by policy keymate: 4 findings/,
    );
  });

  test("a database cluster of an operator that came after the guard is judged as what it is", async () => {
    await platform.applied(CLUSTER_CRD);
    succeeded(await platform.kubectl("wait", "--for=condition=Established", "crd", "--all"));
    const cluster = {
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: { name: "pg", namespace: "platform-application" },
      spec: { instances: 2, imageName: "registry.example/postgresql:17.2", resources: SIZED },
    };
    assert.equal(
      await platform.refused(cluster),
      'admission webhook "enforce-named.guard.keymate.io" denied the request: ' +
        "Cluster platform-application/pg is refused by policy keymate: 1 finding\n" +
        "[ns-component-layer] relational-database belongs to layer data, namespace platform-application is application — fix: deploy it to a namespace of layer data (metadata.namespace)",
    );
    const metadata = { name: "pg", namespace: "platform-data" };
    await platform.applied({ ...cluster, metadata });
  });

  test("generateName shows as a star", async () => {
    const pod = workload("Pod", "platform-data/", {
      component: "none",
      containers: [{ name: "main", resources: { ...SIZED, limits: { cpu: "1" } } }],
      metadata: { name: undefined, generateName: "batch-" },
    });
    assert.equal(
      refusal(await platform.send("create", pod)),
      'admission webhook "enforce-named.guard.keymate.io" denied the request: ' +
        "Pod platform-data/batch-* is refused by policy keymate: 1 finding\n" +
        "[res-limits-required] container main has no memory limit — fix: set resources.limits.memory to peak use (spec.containers[name=main].resources.limits.memory)",
    );
  });

  test("every answer to what was sent here is one that the API server takes", async () => {
    assert((await replayRecorded(platform)) > 50);
  });

  test("the API server met no faulty answer, the guard no fault of its own", async () => {
    assertNoFaultyAnswer(await platform.cluster.metrics());
    await assertNoInternalError(platform.guard);
  });
}

function podSpecOf(kind: Kind, spec: Awaited<ReturnType<Platform["get"]>>["spec"]) {
  if (kind === "Pod") return spec;
  return kind === "CronJob" ? spec.jobTemplate.spec.template.spec : spec.template.spec;
}
