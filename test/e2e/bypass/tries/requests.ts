import assert from "node:assert/strict";
import { eventually } from "../../../cluster/eventually.ts";
import { database, object } from "../../practices/objects.ts";
import { soundContainer } from "../../practices/support.ts";
import { workload } from "../../support/manifests.ts";
import { succeeded } from "../../support/platform.ts";
import { APP, DATA, gateway, unsized } from "../site.ts";
import { apiServer, type Group, guard } from "../try.ts";

const BROKER = `${DATA}/broker`;
const SETS = `/apis/apps/v1/namespaces/${DATA}/statefulsets`;
const KEY = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
const configMap = (rest: object) => object("v1", "ConfigMap", `${APP}/settings`, rest);

const hpa = {
  apiVersion: "autoscaling/v1",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "gateway", namespace: APP },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "gateway" },
    minReplicas: 1,
    maxReplicas: 3,
  },
};

export const REQUESTS: Group = {
  title: "By the form of the request",
  tries: [
    {
      id: "dry-run",
      what: "probe with a server-side dry run for what is let through",
      outcome: guard("res-limits-required"),
      how: "a dry run is decided alike",
      run: (site) => site.apply(unsized("probe"), "--dry-run=server"),
    },
    {
      id: "generate-name",
      what: "have the name generated, so that no rule knows it",
      outcome: guard("res-limits-required"),
      how: "rules go by kind, namespace and content",
      run: (site) =>
        site.create(
          workload("Pod", `${DATA}/`, {
            component: "none",
            containers: [{ name: "main" }],
            metadata: { name: undefined, namespace: DATA, generateName: "x-" },
          }),
        ),
    },
    {
      id: "list-of-objects",
      what: "wrap the object into a `kind: List` for kubectl",
      outcome: guard("res-limits-required"),
      how: "kubectl sends the items one by one",
      run: (site) => site.apply({ apiVersion: "v1", kind: "List", items: [unsized("listed")] }),
    },
    {
      id: "list-posted",
      what: "post a List to the API server itself",
      outcome: apiServer(/does not match|cannot be handled|no kind|not registered|invalid/i),
      how: "the API server creates no Lists",
      run: (site) =>
        site.raw("POST", SETS, {
          apiVersion: "apps/v1",
          kind: "StatefulSetList",
          items: [unsized("listed")],
        }),
    },
    {
      id: "replace-force",
      what: "delete and create in one go, by `kubectl replace --force`",
      outcome: guard("ha-min-replicas"),
      how: "the creation is judged as one, nothing old excuses it; that the object is gone by then is what --force says",
      run: async (site) => {
        await site.given(gateway(2, "replaced"));
        return site.platform.send("replace", gateway(1, "replaced"), "--force");
      },
    },
    {
      id: "json-patch",
      what: "remove limits by a JSON patch",
      outcome: guard("res-limits-required"),
      how: "admission sees the patched object",
      run: (site) =>
        site.kubectl(
          ...["patch", "statefulset", "broker", "-n", DATA, "--type=json", "-p"],
          '[{"op":"remove","path":"/spec/template/spec/containers/0/resources/limits"}]',
        ),
    },
    {
      id: "merge-patch",
      what: "remove limits by a null in a merge patch",
      outcome: guard("res-limits-required"),
      how: "admission sees the patched object",
      run: (site) => {
        const containers = [{ ...soundContainer("broker"), image: "x:1.0.0", resources: null }];
        return site.patch("statefulset", BROKER, { spec: { template: { spec: { containers } } } });
      },
    },
    {
      id: "strategic-patch",
      what: "replace all containers by a strategic patch with `$patch: replace`",
      outcome: guard("res-limits-required"),
      how: "admission sees the patched object",
      run: (site) => {
        const containers = [{ $patch: "replace" }, { name: "broker", image: "x:1.0.0" }];
        return site.patch(
          "statefulset",
          BROKER,
          { spec: { template: { spec: { containers } } } },
          "--type=strategic",
        );
      },
    },
    {
      id: "apply-leaves-out",
      what: "apply server-side once with limits and once without, which gives them up",
      outcome: guard("res-limits-required"),
      how: "admission sees the merged object; in the data layer nothing is filled in",
      run: async (site) => {
        const full = unsized("applied", { containers: [soundContainer("main")] });
        succeeded(await site.apply(full, "--server-side"));
        const bare = unsized("applied", { containers: [{ name: "main" }] });
        return site.apply(bare, "--server-side");
      },
    },
    {
      id: "duplicate-json-keys",
      what: "write a JSON key twice, once for each reader",
      outcome: guard("ha-min-replicas"),
      how: "the API server decodes first and sends the guard what it decoded",
      run: (site) => {
        const body = JSON.stringify(gateway(2, "twice")).replace(
          '"replicas":2',
          '"replicas":2,"replicas":1',
        );
        assert.match(body, /"replicas":2,"replicas":1/);
        return site.raw("POST", `/apis/apps/v1/namespaces/${APP}/deployments`, body);
      },
    },
    {
      id: "yaml-body",
      what: "send YAML instead of JSON",
      outcome: guard("res-limits-required"),
      how: "the API server decodes first",
      run: (site) =>
        site.raw("POST", SETS, JSON.stringify(unsized("yaml"), null, 2), "application/yaml"),
    },
    {
      id: "older-api-version",
      what: "use another version of the API that the rules do not name (autoscaling/v1)",
      outcome: guard("ha-min-replicas"),
      how: "`matchPolicy: Equivalent`: the API server converts to the version of the entry",
      run: (site) => site.create(hpa),
    },
    {
      id: "removed-api-version",
      what: "use a version of the API that was taken out (apps/v1beta1)",
      outcome: apiServer(/could not find the requested resource/),
      how: "it is not served",
      run: (site) => site.raw("POST", `/apis/apps/v1beta1/namespaces/${DATA}/statefulsets`, {}),
    },
    {
      id: "custom-resource-version",
      what: "use a further version of a custom resource, which its CRD converts",
      outcome: guard("ha-min-replicas"),
      how: "`matchPolicy: Equivalent` holds for custom resources too",
      run: async (site) => {
        const crd = "clusters.postgresql.cnpg.io";
        const get = succeeded(await site.kubectl("get", "crd", crd, "-o", "json"));
        const [served] = JSON.parse(get.stdout).spec.versions;
        const versions = [served, { ...served, name: "v2", storage: false }];
        const patch = JSON.stringify({ spec: { versions } });
        succeeded(await site.kubectl("patch", "crd", crd, "--type=merge", "-p", patch));
        const path = `/apis/postgresql.cnpg.io/v2/namespaces/${DATA}/clusters`;
        await eventually(async () => (await site.raw("GET", path)).code === 0);
        const later = {
          ...database(`${DATA}/later`, { instances: 1 }),
          apiVersion: "postgresql.cnpg.io/v2",
        };
        return site.raw("POST", path, later);
      },
    },
    {
      id: "delete-collection",
      what: "delete every budget of a namespace in one request",
      outcome: guard("pdb-delete-protect"),
      how: "the API server asks once for each object of a collection",
      run: (site) => site.raw("DELETE", `/apis/policy/v1/namespaces/${APP}/poddisruptionbudgets`),
    },
    {
      id: "delete-without-grace",
      what: "delete a volume claim with --force --grace-period=0 --cascade=orphan",
      outcome: guard("backup-delete-protect"),
      how: "the options do not matter: the deletion is judged by what goes",
      run: (site) =>
        site.kubectl(
          ...["delete", "pvc", "files", "-n", DATA, "--force", "--grace-period=0"],
          "--cascade=orphan",
        ),
    },
    {
      id: "namespace-deleted",
      what: "delete the whole namespace, which takes everything in it along",
      outcome: guard("backup-delete-protect"),
      how: "the namespace is judged by what it holds; only when that is allowed may the namespace controller delete the rest",
      run: (site) => site.kubectl("delete", "namespace", DATA),
    },
    {
      id: "forged-deletion",
      what: "write a deletionTimestamp into an update, since objects that are being deleted are not judged",
      outcome: apiServer(/field is immutable/),
      how: "the API server takes no deletionTimestamp from a request, and the guard reads it from the stored object alone",
      run: (site) => {
        const fewer = gateway(1);
        const deletionTimestamp = "2026-01-01T00:00:00Z";
        return site.raw("PUT", `/apis/apps/v1/namespaces/${APP}/deployments/gateway`, {
          ...fewer,
          metadata: { ...fewer.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 },
        });
      },
    },
    {
      id: "too-large",
      what: "send more than the guard will read",
      outcome: apiServer(/too large|limit/i),
      how: "the API server reads 3 MiB, and the guard 32 MiB of a review: more than anything makes that could be stored",
      run: (site) =>
        site.raw(
          "POST",
          `/api/v1/namespaces/${APP}/configmaps`,
          configMap({ data: { padding: "x".repeat(3_300_000), "tls.key": KEY } }),
        ),
    },
    {
      id: "large-and-escaped",
      what: "hide the gap behind a megabyte that grows sixfold when it is escaped",
      outcome: guard("res-limits-required"),
      how: "the whole review is read and judged within the deadline",
      run: (site) => {
        const env = [{ name: "PADDING", value: "<".repeat(1_200_000) }];
        return site.raw("POST", SETS, unsized("large", { containers: [{ name: "main", env }] }));
      },
    },
    {
      id: "deep-nesting",
      what: "nest a custom resource 4,000 deep, so that whoever walks it falls over",
      outcome: guard("ha-min-replicas"),
      how: "depth is counted without recursion, and rules walk only what they read",
      run: (site) => {
        // Put together as text: the writer of JSON would be the first to fall over.
        const deep = `"deep":${'{"a":'.repeat(4000)}1${"}".repeat(4000)}`;
        const body = JSON.stringify(database(`${DATA}/deep`, { instances: 1 }));
        return site.raw(
          "POST",
          `/apis/postgresql.cnpg.io/v1/namespaces/${DATA}/clusters`,
          body.replace('"instances":1', `"instances":1,${deep}`),
        );
      },
    },
    {
      id: "key-named-proto",
      what: "keep a private key under the key `__proto__`, which parsers drop or choke on",
      outcome: guard("secret-configmap"),
      how: "own properties only; the key is one like any other",
      run: (site) =>
        site.raw(
          "POST",
          `/api/v1/namespaces/${APP}/configmaps`,
          JSON.stringify(configMap({ data: {} })).replace(
            '"data":{}',
            () => `"data":{"__proto__":${JSON.stringify(KEY)}}`,
          ),
        ),
    },
    {
      id: "many-findings",
      what: "bury one finding under dozens of others",
      outcome: guard("res-limits-required"),
      how: "20 are shown and the rest is counted; one is enough to refuse",
      run: (site) => {
        const containers = Array.from({ length: 40 }, (_, index) => ({ name: `c${index}` }));
        return site.apply(unsized("many", { containers }));
      },
      verify: async (_, { stderr }) => assert.match(stderr, /and \d+ more/),
    },
  ],
};
