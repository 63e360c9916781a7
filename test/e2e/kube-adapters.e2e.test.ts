import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Connection } from "../../src/adapters/kube/api-client.ts";
import { ClusterCache } from "../../src/adapters/kube/cluster-cache.ts";
import { listPages } from "../../src/adapters/kube/collection.ts";
import { loadConnection } from "../../src/adapters/kube/connection.ts";
import { createSecretStore } from "../../src/adapters/kube/secret-store.ts";
import { WebhookWriter } from "../../src/adapters/kube/webhook-configurations.ts";
import { dig, type JsonObject, ownArray } from "../../src/kubernetes/json.ts";
import type { Clock } from "../../src/usecases/ports/clock.ts";
import type { SecretSnapshot } from "../../src/usecases/ports/secret-store.ts";
import { memoryLogger, until } from "../adapters/kube/support.ts";
import { startCluster, type TestCluster } from "../cluster/cluster.ts";
import { eventually } from "../cluster/eventually.ts";

let cluster: TestCluster;
let connection: Connection;
const ended = new AbortController();

/** Real time, but nothing waits longer than a moment. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    pause(Math.min(ms, 200), undefined, { ...(signal ? { signal } : {}), ref: false }).catch(
      () => {},
    ),
};

const GROUP = "/apis/admissionregistration.k8s.io/v1";
const VALIDATING = `${GROUP}/validatingwebhookconfigurations`;

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: guard}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: guard, namespace: guard}
---
apiVersion: v1
kind: Secret
metadata: {name: certs, namespace: guard, annotations: {kept: "yes"}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: guard, namespace: guard}
rules:
- {apiGroups: [""], resources: [secrets], resourceNames: [certs], verbs: [get, list, watch, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: guard, namespace: guard}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: guard}
subjects: [{kind: ServiceAccount, name: guard, namespace: guard}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: guard}
rules:
- {apiGroups: [""], resources: [namespaces, pods], verbs: [list, watch]}
- {apiGroups: [apps], resources: [deployments], verbs: [list, watch]}
- {apiGroups: [postgresql.cnpg.io], resources: [clusters, poolers], verbs: [list, watch]}
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingwebhookconfigurations, validatingwebhookconfigurations]
  resourceNames: [keymate-guard]
  verbs: [get, list, watch, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: guard}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: guard}
subjects: [{kind: ServiceAccount, name: guard, namespace: guard}]
`;

before(async () => {
  cluster = await startCluster();
  await cluster.apply(manifests);
  const kubeconfig = await cluster.tokenKubeconfig("guard", "guard");
  const loaded = await loadConnection({
    cluster: "kubeconfig",
    kubeconfig,
    inClusterPresent: false,
  });
  assert.ok(loaded);
  connection = loaded;
});

after(async () => {
  ended.abort();
  connection?.close();
  await cluster?.stop();
});

function shared() {
  return { connection, clock, logger: memoryLogger(), random: Math.random };
}

async function send(method: string, path: string, body?: object): Promise<JsonObject> {
  const answer = await cluster.request(method, path, body);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json<JsonObject>();
}

test("a list of more than 500 comes in pages, and a version of 0 would have it in one answer", async () => {
  const names = Array.from({ length: 501 }, (_, index) => `page-${index}`);
  const group = "/api/v1/namespaces";
  await Promise.all(
    names.map((name) =>
      send("POST", group, { apiVersion: "v1", kind: "Namespace", metadata: { name } }),
    ),
  );
  const sizes: number[] = [];
  const collection = { path: group, what: "namespaces" };
  for await (const { items } of listPages(connection, collection, ended.signal)) {
    sizes.push(items.length);
  }
  assert.equal(sizes[0], 500);
  assert.ok(sizes.length === 2 && (sizes[1] ?? 0) > 0, sizes.join());
  const whole = await cluster.request("GET", `${group}?limit=500&resourceVersion=0`);
  assert.ok(ownArray(whole.json<JsonObject>(), "items").length > 500);
});

function deployment(name: string): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "main", image: "registry.example/main:1" }] },
      },
    },
  };
}

test("a cluster cache mirrors a real cluster, as far as RBAC lets it", async () => {
  const kinds = ["Namespace", "Deployment.apps", "LimitRange"];
  const cache = new ClusterCache({ ...shared(), kinds });
  cache.start(ended.signal);
  await until(() => cache.synced());
  assert.equal(cache.get("Namespace", "", "guard")?.["kind"], "Namespace");
  assert.equal(cache.readability("LimitRange"), "unreadable");
  assert.match(
    cache.reason("LimitRange") ?? "",
    /cannot list limitranges: needs permission "list"/,
  );

  const wait = cache.waitFor("Deployment.apps", "guard", "web", 10_000);
  await send("POST", "/apis/apps/v1/namespaces/guard/deployments", deployment("web"));
  await until(() => cache.get("Deployment.apps", "guard", "web") !== undefined);
  await wait;
  assert.deepEqual(cache.get("Deployment.apps", "guard", "web")?.["spec"], {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "main", image: "registry.example/main:1", resources: {} }] },
    },
  });
  await send("DELETE", "/apis/apps/v1/namespaces/guard/deployments/web");
  await until(() => cache.get("Deployment.apps", "guard", "web") === undefined);
});

test("a cluster cache notices a kind that appears, in our version or in another", async () => {
  const kinds = ["Cluster.postgresql.cnpg.io", "Pooler.postgresql.cnpg.io"];
  const cache = new ClusterCache({ ...shared(), kinds });
  cache.start(ended.signal);
  await until(() => kinds.every((kind) => cache.readability(kind) === "absent"));
  await define("clusters", "Cluster", "v1");
  await define("poolers", "Pooler", "v1beta1");
  await until(() => cache.readability("Cluster.postgresql.cnpg.io") === "readable");
  await until(() => cache.readability("Pooler.postgresql.cnpg.io") === "unreadable");
  assert.match(
    cache.reason("Pooler.postgresql.cnpg.io") ?? "",
    /^poolers.postgresql.cnpg.io is served as v1beta1, not as v1/,
  );
  const object = { kind: "Cluster", metadata: { name: "db" }, spec: { instances: 3, other: 1 } };
  await send("POST", "/apis/postgresql.cnpg.io/v1/namespaces/guard/clusters", {
    apiVersion: "postgresql.cnpg.io/v1",
    ...object,
  });
  await until(() => cache.get("Cluster.postgresql.cnpg.io", "guard", "db") !== undefined);
  await send(
    "DELETE",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/clusters.postgresql.cnpg.io",
  );
  await until(() => cache.readability("Cluster.postgresql.cnpg.io") === "absent");
  assert.deepEqual([...cache.list("Cluster.postgresql.cnpg.io")], []);
});

async function define(plural: string, kind: string, version: string): Promise<void> {
  const schema = {
    openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  };
  await send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.postgresql.cnpg.io` },
    spec: {
      group: "postgresql.cnpg.io",
      names: { plural, kind },
      scope: "Namespaced",
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  });
}

test("a cluster cache keeps what it had when its API server dies", async () => {
  const second = await cluster.addApiServer();
  const kubeconfig = await cluster.tokenKubeconfig("guard", "guard", { server: second.server });
  const through = await loadConnection({
    cluster: "kubeconfig",
    kubeconfig,
    inClusterPresent: false,
  });
  assert.ok(through);
  const cache = new ClusterCache({ ...shared(), connection: through, kinds: ["Namespace"] });
  cache.start(ended.signal);
  await until(() => cache.synced());
  await second.stop("SIGKILL");
  await until(() => cache.stats()[0]?.problem !== undefined);
  assert.match(cache.stats()[0]?.problem ?? "", /cannot be reached/);
  assert.ok(cache.get("Namespace", "", "guard"));
  through.close();
});

test("a server whose CA is not in the kubeconfig is reported as untrusted", async () => {
  const kubeconfig = `${cluster.dir}/no-ca.kubeconfig`;
  const config = {
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: cluster.server } }],
    users: [],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const loaded = await loadConnection({
    cluster: "kubeconfig",
    kubeconfig,
    inClusterPresent: false,
  });
  await assert.rejects(async () => loaded?.request({ method: "GET", path: "/version" }), {
    code: "untrusted-server",
    message: /is not trusted .*check certificate-authority in the kubeconfig/,
  });
});

test("a secret store reads, writes by version and watches one secret by name", async () => {
  const store = createSecretStore({ ...shared(), namespace: "guard", name: "certs" });
  const seen: (SecretSnapshot | undefined)[] = [];
  store.watch((secret) => seen.push(secret), ended.signal);
  await until(() => seen.length === 1);
  const first = await store.read();
  assert.ok(first);
  assert.deepEqual(first.data, {});
  const change = { data: { "ca.crt": "PEM ü" }, annotations: { generation: "1" } };
  const [one, two] = await Promise.all([
    store.write(change, first.resourceVersion),
    store.write(change, first.resourceVersion),
  ]);
  assert.deepEqual([one.outcome, two.outcome].sort(), ["conflict", "written"]);
  const second = await store.read();
  assert.equal(second?.data["ca.crt"], "PEM ü");
  assert.partialDeepStrictEqual(second?.annotations, { generation: "1", kept: "yes" });
  await until(() => seen.at(-1)?.resourceVersion === second?.resourceVersion);
  await send("DELETE", "/api/v1/namespaces/guard/secrets/certs");
  await until(() => seen.at(-1) === undefined);
  assert.equal(await store.read(), undefined);
  assert.deepEqual(await store.write(change, first.resourceVersion), { outcome: "absent" });
});

test("a secret store is refused any other secret", async () => {
  const store = createSecretStore({ ...shared(), namespace: "guard", name: "other" });
  await assert.rejects(store.read(), { code: "forbidden" });
});

async function entries(): Promise<{ mutating: JsonObject[]; validating: JsonObject[] }> {
  const caBundle = (await readFile(cluster.caFile)).toString("base64");
  const entry = (name: string, path: string) => ({
    name: `${name}.guard.keymate.io`,
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    timeoutSeconds: 5,
    failurePolicy: "Ignore",
    clientConfig: { caBundle, service: { namespace: "guard", name: "keymate-guard", path } },
    namespaceSelector: {
      matchExpressions: [
        { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system", "guard"] },
      ],
    },
    rules: [
      {
        apiGroups: ["apps"],
        apiVersions: ["v1"],
        operations: ["CREATE"],
        resources: ["deployments"],
      },
    ],
    matchConditions: [{ name: "not-probe", expression: "!has(request.options)" }],
  });
  const mutating = [{ ...entry("mutate", "/mutate"), reinvocationPolicy: "IfNeeded" }];
  return { mutating, validating: [entry("ignore", "/validate"), entry("fail", "/validate/fail")] };
}

async function createConfiguration(kind: "Mutating" | "Validating"): Promise<void> {
  await send("POST", `${GROUP}/${kind.toLowerCase()}webhookconfigurations`, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: "keymate-guard" },
  });
}

async function liveEntries(): Promise<JsonObject[]> {
  const live = await send("GET", `${VALIDATING}/keymate-guard`);
  return [...ownArray(live, "webhooks")] as JsonObject[];
}

test("a webhook writer keeps its entries as desired whatever happens to them", async (t) => {
  const options = shared();
  const writer = new WebhookWriter(options);
  const writes = () => options.logger.lines.filter(({ message }) => message.endsWith("written"));
  const desired = await entries();
  writer.setDesired(desired);
  writer.start(ended.signal);
  await until(() => writer.existing() !== undefined);
  assert.deepEqual(writer.existing(), []);

  await t.test("empty configurations are filled, with one write each", async () => {
    await createConfiguration("Mutating");
    await createConfiguration("Validating");
    await until(() => writer.existing()?.length === 2 && writer.inSync);
    await pause(500);
    assert.deepEqual(
      writes().map(({ message, fields }) => [message, fields["problem"]]),
      Array(2).fill(["webhook configuration written", undefined]),
    );
    assert.deepEqual(
      writer.live()?.map(({ name }) => name),
      ["mutate.guard.keymate.io", "ignore.guard.keymate.io", "fail.guard.keymate.io"],
    );
  });

  const sabotage: Record<string, object[]> = {
    "a blanked caBundle": [{ op: "remove", path: "/webhooks/0/clientConfig/caBundle" }],
    "a deleted entry": [{ op: "remove", path: "/webhooks/1" }],
    "the loss of all entries": [{ op: "remove", path: "/webhooks" }],
    "a widened selector": [
      {
        op: "replace",
        path: "/webhooks/0/namespaceSelector/matchExpressions/0/values",
        value: ["a", "b"],
      },
    ],
    "a narrowing match condition": [
      {
        op: "replace",
        path: "/webhooks/0/matchConditions/0/expression",
        value: "false",
      },
    ],
    "a changed failure policy": [
      { op: "replace", path: "/webhooks/0/failurePolicy", value: "Fail" },
    ],
  };
  for (const [name, patch] of Object.entries(sabotage)) {
    await t.test(`${name} is repaired`, async () => {
      const before = await liveEntries();
      const file = JSON.stringify(patch);
      const args = [
        "patch",
        "validatingwebhookconfiguration",
        "keymate-guard",
        "--type=json",
        "-p",
        file,
      ];
      const { code, stderr } = await cluster.kubectl(args);
      assert.equal(code, 0, stderr);
      const byName = (list: JsonObject[]) =>
        Object.fromEntries(list.map((entry) => [entry["name"], entry]));
      await eventually(async () => isDeepStrictEqual(byName(await liveEntries()), byName(before)));
      await until(() => writer.inSync);
    });
  }

  await t.test("kubectl apply of the empty configuration takes nothing away", async () => {
    const count = writes().length;
    await cluster.apply(
      "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: keymate-guard}\n",
      "--server-side",
      "--force-conflicts",
    );
    await pause(500);
    assert.equal((await liveEntries()).length, 2);
    assert.equal(writes().length, count);
  });

  await t.test("entries and fields that are no longer desired go away", async () => {
    const [first] = desired.validating;
    assert.ok(first);
    const { matchConditions: _, ...rest } = first;
    writer.setDesired({ ...desired, validating: [rest] });
    await until(() => writer.inSync);
    const [left, ...others] = await liveEntries();
    assert.deepEqual(others, []);
    assert.equal(dig(left, "matchConditions"), undefined);
  });

  await t.test("a deleted configuration stays deleted", async () => {
    const count = writes().length;
    await send("DELETE", `${VALIDATING}/keymate-guard`);
    await until(() => writer.existing()?.length === 1);
    writer.setDesired(desired);
    await pause(500);
    assert.equal((await cluster.request("GET", `${VALIDATING}/keymate-guard`)).status, 404);
    assert.equal(writes().length, count);
    assert.equal(writer.inSync, true);
    await createConfiguration("Validating");
    await until(() => writer.existing()?.length === 2 && writer.inSync);
  });

  await t.test("two writers with different wishes do not drive each other round", async () => {
    const rivalOptions = shared();
    const rival = new WebhookWriter({ ...rivalOptions, clock: { ...clock, sleep: slow } });
    rival.setDesired({ ...desired, validating: desired.validating.slice(1) });
    rival.start(ended.signal);
    const before = writes().length;
    await pause(3000);
    t.diagnostic(`writes in 3 s: ${writes().length - before}`);
    assert.ok(writes().length - before < 20);
  });
});

/** Waits as long as it is told, unlike the clock of the tests above. */
function slow(ms: number, signal?: AbortSignal): Promise<void> {
  return pause(ms, undefined, { ...(signal ? { signal } : {}), ref: false }).catch(() => {});
}
