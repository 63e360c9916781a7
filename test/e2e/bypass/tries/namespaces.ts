import assert from "node:assert/strict";
import { eventually } from "../../../cluster/eventually.ts";
import { object } from "../../practices/objects.ts";
import { sound, soundContainer } from "../../practices/support.ts";
import { LAYER, namespace, workload } from "../../support/manifests.ts";
import { succeeded } from "../../support/platform.ts";
import { APP, DATA, gateway, type Site, unsized } from "../site.ts";
import { apiServer, type Group, guard, NO_EFFECT, through } from "../try.ts";

const NAME = "kubernetes.io/metadata.name";
const COMPONENT = "policy.keymate.io/component";
const label = (site: Site, name: string, ...labels: readonly string[]) =>
  site.kubectl("label", "--overwrite", "namespace", name, ...labels);

export const NAMESPACES: Group = {
  title: "By names and labels",
  tries: [
    {
      id: "opt-out-labels",
      what: "label the namespace and the workload out, as other policy engines allow",
      outcome: guard("res-limits-required"),
      how: "no label opts out: entries select by the layer and by the name that the API server forces, objects by nothing",
      run: async (site) => {
        succeeded(
          await label(
            site,
            DATA,
            "admission.gatekeeper.sh/ignore=true",
            "policy.keymate.io/ignore=true",
            "pod-security.kubernetes.io/enforce=privileged",
          ),
        );
        const made = unsized("opted-out");
        const labels = { [COMPONENT]: "none", "policy.keymate.io/ignore": "true" };
        return site.apply({ ...made, metadata: { ...made.metadata, labels } });
      },
    },
    {
      id: "exempt-annotation",
      what: "exempt oneself by an annotation",
      outcome: guard("res-limits-required"),
      how: "annotations exempt from nothing; overrides are in the policy, which RBAC guards",
      run: (site) => {
        const made = unsized("exempt");
        const annotations = { "policy.keymate.io/exempt.res-limits-required": "yes" };
        return site.apply({ ...made, metadata: { ...made.metadata, annotations } });
      },
    },
    {
      id: "spoofed-namespace-name",
      what: "create a namespace whose name label says kube-system",
      outcome: guard("ns-layer-label"),
      how: "the API server writes the label `kubernetes.io/metadata.name` itself",
      run: (site) => site.create(namespace("spoofed", "basement", { [NAME]: "kube-system" })),
    },
    {
      id: "spoofed-generated-namespace",
      what: "the same with a generated name, which the label has to wait for",
      outcome: guard("ns-layer-label"),
      how: "the name is made before validating admission, and the label with it",
      run: (site) => {
        const made = namespace("", "basement", { [NAME]: "kube-system" });
        const metadata = { ...made.metadata, name: undefined, generateName: "spoofed-" };
        return site.create({ ...made, metadata });
      },
    },
    {
      id: "spoofed-name-later",
      what: "rewrite the name label of a namespace that is there",
      outcome: NO_EFFECT,
      how: "the API server puts the true name back",
      run: (site) => label(site, DATA, `${NAME}=kube-system`),
      verify: async (site) => {
        const got = succeeded(await site.kubectl("get", "namespace", DATA, "-o", "json"));
        assert.equal(JSON.parse(got.stdout).metadata.labels[NAME], DATA);
      },
    },
    {
      id: "layer-in-capitals",
      what: "write the layer in other letters",
      outcome: guard("ns-layer-label"),
      how: "a layer that the policy does not know is refused",
      run: (site) => site.apply(namespace("capital", "Data")),
    },
    {
      id: "layer-empty",
      what: "set the layer of a namespace to nothing, which hides it from the policy's list",
      outcome: guard("ns-layer-label"),
      how: "an empty label is an unknown layer, not a missing one",
      run: (site) => label(site, DATA, `${LAYER}=`),
    },
    {
      id: "layer-of-prototype",
      what: "name a layer as the builtins of a scripting language",
      outcome: guard("ns-layer-label"),
      how: "layers are looked up in a map, not on an object",
      run: (site) => site.apply(namespace("proto", "constructor")),
    },
    {
      id: "layer-key-homoglyph",
      what: "use a label key that only looks the same",
      outcome: apiServer(/Invalid value/),
      how: "label keys are ASCII",
      run: (site) =>
        site.create(namespace("glyph", undefined, { "policy.kеymate.io/layer": "data" })),
    },
    {
      id: "layer-moved",
      what: "relabel a namespace that is in use into a more lenient layer",
      outcome: guard("ns-layer-move"),
      how: "judged on the layer that it had, also when only the policy names it",
      run: (site) => label(site, DATA, `${LAYER}=observability`),
    },
    {
      id: "layer-taken-off",
      what: "take the label off, so that the selector does not see the namespace any more",
      outcome: guard("ns-layer-move"),
      how: "a matchCondition looks at the old labels too",
      run: async (site) => {
        await site.given([namespace("labelled", "application"), space("labelled")]);
        await site.cached("Deployment.apps");
        return label(site, "labelled", `${LAYER}-`);
      },
    },
    {
      id: "layer-put-on-later",
      what: "fill a namespace without a layer and put the label on afterwards",
      outcome: through(),
      how: "adopting what is there must be possible. From then on each change is judged; what was wrong before stays, each update says so and the audit lists it",
      run: async (site) => {
        succeeded(await site.apply(namespace("later")));
        const replicas = { component: "api-gateway", replicas: 1 };
        succeeded(await site.apply(sound("Deployment", "later/gateway", replicas)));
        return label(site, "later", `${LAYER}=application`);
      },
      verify: async (site) => {
        await eventually(async () => {
          const update = ["label", "deployment", "gateway", "-n", "later", "--overwrite", "a=b"];
          const { stderr } = succeeded(await site.kubectl(...update, "--dry-run=server"));
          return stderr.includes("still has");
        });
      },
    },
    {
      id: "namespace-change-in-update",
      what: "move an object to another namespace by an update",
      outcome: apiServer(/does not match the namespace/),
      how: "an object never changes its namespace",
      run: (site) => {
        const made = gateway();
        return site.raw("PUT", `/apis/apps/v1/namespaces/${APP}/deployments/gateway`, {
          ...made,
          metadata: { ...made.metadata, namespace: "default" },
        });
      },
    },
    {
      id: "terminating-namespace",
      what: "create in a namespace that is being deleted",
      outcome: apiServer(/because it is being terminated/),
      how: "the API server takes nothing new there",
      run: async (site) => {
        const held = object("v1", "ConfigMap", "ending/held", {});
        const metadata = { ...held.metadata, finalizers: ["example.com/hold"] };
        await site.given([namespace("ending", "application"), { ...held, metadata }]);
        succeeded(await site.kubectl("delete", "namespace", "ending", "--wait=false"));
        return site.create(sound("Deployment", "ending/new", { component: "none" }));
      },
      verify: async (site) => {
        await site.patch("configmap", "ending/held", { metadata: { finalizers: null } });
      },
    },
    {
      id: "default-namespace",
      what: "run a component in namespace default, where no layer is",
      outcome: guard("ns-default"),
      how: "the rule holds everywhere",
      run: (site) => site.apply(sound("Deployment", "default/gw", { component: "api-gateway" })),
    },
    {
      id: "kube-system",
      what: "run a component in kube-system, which is never judged",
      outcome: through(),
      how: "a cluster must be able to heal itself without the guard; RBAC on kube-system decides, and who may write there owns the cluster. The API server's audit log shows it",
      run: (site) =>
        site.apply(workload("Deployment", "kube-system/gw", { component: "api-gateway" })),
    },
    {
      id: "guards-own-namespace",
      what: "run a component in the guard's own namespace, which is never judged",
      outcome: through(),
      how: "the guard must be able to start without itself; RBAC on its namespace decides. The API server's audit log shows it",
      run: (site) =>
        site.apply(
          workload("ReplicaSet", "keymate-guard/gw", { component: "api-gateway", replicas: 0 }),
        ),
    },
    {
      id: "component-removed",
      what: "take the component label off a workload",
      outcome: guard("ns-component-label"),
      how: "a declaration that is removed is refused",
      run: (site) => site.kubectl("label", "deployment", "gateway", "-n", APP, `${COMPONENT}-`),
    },
    {
      id: "component-renamed",
      what: "declare it to be nothing in particular",
      outcome: guard("ns-component-label"),
      how: "a declaration that changes is refused, to `none` as well",
      run: (site) =>
        site.kubectl(
          "label",
          "--overwrite",
          "deployment",
          "gateway",
          "-n",
          APP,
          `${COMPONENT}=none`,
        ),
    },
    {
      id: "component-never-declared",
      what: "never declare what a workload is",
      outcome: through("ha-min-replicas", "ns-component-label"),
      how: "what images and labels suggest warns, a guess never blocks: an exporter with postgres in its image is no database",
      run: (site) =>
        site.apply(
          sound("Deployment", `${APP}/undeclared`, {
            replicas: 1,
            containers: [soundContainer("idp", { image: "registry.example/keycloak:26.0.1" })],
          }),
        ),
    },
    {
      id: "component-denied",
      what: "declare a critical component to be `none` from the start",
      outcome: through(),
      how: "a declaration is a claim that the guard cannot check: reviews of manifests have to, nothing of the guard shows it",
      run: (site) =>
        site.apply(
          sound("Deployment", `${APP}/denied`, {
            component: "none",
            replicas: 1,
            containers: [soundContainer("idp", { image: "registry.example/keycloak:26.0.1" })],
          }),
        ),
    },
    {
      id: "layer-on-workload",
      what: "write another layer on the workload than its namespace has",
      outcome: guard("ns-component-layer"),
      how: "the namespace decides; a contradiction is refused",
      run: (site) => {
        const made = sound("Deployment", `${APP}/contrary`, { component: "none" });
        const labels = { ...made.metadata.labels, [LAYER]: "observability" };
        return site.apply({ ...made, metadata: { ...made.metadata, labels } });
      },
    },
  ],
};

function space(name: string): object {
  return sound("Deployment", `${name}/worker`, { component: "none" });
}
