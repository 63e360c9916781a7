import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { namespace, workload } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { commandsUnder } from "./support/documented.ts";
import { failing } from "./support/stage.ts";

const GROUP = "keymate:break-glass";

let platform: Platform;

before(async () => {
  platform = await Platform.start({
    failPolicy: ["--fail-after=0s", "--fail-after-replicas=1"],
    policy: { breakGlassGroup: GROUP },
  });
  await eventually(async () => (await failing(platform.cluster))?.length === 3, 60_000);
});

after(() => platform?.stop());

/** The first one, as people would copy it. */
function commandUnder(heading: string): readonly string[] {
  return commandsUnder(heading)[0] ?? [];
}

const unsized = (name: string) =>
  workload("Deployment", `platform-application/${name}`, { component: "none" });

const badLayer = namespace("bad", "no-layer");

test("every object of the installation says what it belongs to, and who manages it", async () => {
  const objects: readonly Installed[] = [
    ...(await installed("--namespaced=true", "-n", "keymate-guard")),
    ...(await installed("--namespaced=false")).filter(({ metadata }) =>
      metadata.name.startsWith("keymate-guard"),
    ),
  ].filter((object) => !isOfKubernetes(object));
  const seen = objects.map(({ kind }) => kind);
  for (const kind of ["Namespace", "Pod", "ReplicaSet", "ClusterRoleBinding", "Secret"]) {
    assert.ok(seen.includes(kind), `${kind} is not among ${seen.join()}`);
  }
  for (const { kind, metadata } of objects) {
    const { labels = {}, name } = metadata;
    assert.equal(labels["app.kubernetes.io/name"], "keymate-guard", `${kind} ${name}`);
    assert.equal(labels["app.kubernetes.io/part-of"], "keymate", `${kind} ${name}`);
  }
  const written = objects.filter(({ metadata }) =>
    metadata.managedFields?.some(({ manager }) => manager === "keymate-guard"),
  );
  assert.deepEqual(written.map(({ kind }) => kind).sort(), [
    "MutatingWebhookConfiguration",
    "Secret",
    "ValidatingWebhookConfiguration",
  ]);
  for (const { kind, metadata } of written) {
    assert.equal(metadata.labels?.["app.kubernetes.io/managed-by"], "keymate-guard", kind);
  }
});

interface Installed {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager: string }[];
  };
}

async function installed(scope: string, ...where: readonly string[]): Promise<Installed[]> {
  const names = await platform.kubectl(
    ...["api-resources", "--verbs=list", scope, "-o", "name", "--request-timeout=20s"],
  );
  const kinds = succeeded(names).stdout.trim().split("\n").join();
  const args = ["get", kinds, "-o", "json", "--show-managed-fields", ...where];
  return JSON.parse(succeeded(await platform.kubectl(...args)).stdout).items;
}

/** Made in every namespace, or beside any Service and Pod. */
function isOfKubernetes({ kind, metadata: { name } }: Installed): boolean {
  if (kind === "Event") return true;
  return name === "kube-root-ca.crt" || (kind === "ServiceAccount" && name === "default");
}

test("the administrator is judged like everybody, system:masters or not", async () => {
  for (const groups of [[], ["--as=root", "--as-group=system:masters"]]) {
    const refused = await platform.refused(badLayer, ...groups);
    assert.match(refused, /layer-namespaces\.guard\.keymate\.io" denied the request/);
  }
});

test("the break-glass group is not, and its members need no guard", async () => {
  const member = ["--as=eve", `--as-group=${GROUP}`, "--as-group=system:masters"];
  await platform.applied(badLayer, ...member);
  succeeded(await platform.kubectl("delete", "namespace", "bad", "--wait=false", ...member));
  await platform.guard.stop("SIGKILL");
  const refused = await platform.send("apply", unsized("glass"));
  assert.match(refused.stderr, /failed calling webhook "enforce-named/);
  await platform.applied(unsized("glass"), ...member);
});

test("one command opens everything while nobody answers, as the documentation says", async () => {
  const refused = await platform.send("apply", unsized("emergency"));
  assert.match(refused.stderr, /failed calling webhook "enforce-named/);
  succeeded(await platform.kubectl(...commandUnder("In an emergency")));
  await eventually(
    async () => (await platform.send("apply", unsized("emergency"))).code === 0,
    5_000,
  );
});

test("one command takes the guard back into service, as the documentation says", async () => {
  const { installation, cluster } = platform;
  const guard = await installation.startGuard();
  installation.forwarder.setBackends([guard.port]);
  await guard.ready(60_000);
  assert.equal(await failing(cluster), undefined);
  succeeded(await platform.kubectl(...commandUnder("Back into service")));
  await eventually(async () => (await failing(cluster))?.length === 3, 60_000);
  await eventually(async () => (await platform.send("create", badLayer)).code === 1);
});
