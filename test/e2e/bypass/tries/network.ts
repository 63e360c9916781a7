import assert from "node:assert/strict";
import { object } from "../../practices/objects.ts";
import { succeeded } from "../../support/platform.ts";
import { APP, DATA } from "../site.ts";
import { type Group, guard, through } from "../try.ts";

const open = (name: string, from: readonly object[]) =>
  object("networking.k8s.io/v1", "NetworkPolicy", `${DATA}/${name}`, {
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from }] },
  });

const service = (name: string, more: object = {}) =>
  object("v1", "Service", `${DATA}/${name}`, {
    spec: { selector: { app: "broker" }, ports: [{ port: 5432 }], ...more },
  });

const NAME = "kubernetes.io/metadata.name";
const anyPod = { matchExpressions: [{ key: "no-such-label", operator: "DoesNotExist" }] };

export const NETWORK: Group = {
  title: "Into the data layer",
  tries: [
    {
      id: "address-halves",
      what: "admit every address in two halves",
      outcome: guard("net-policy-open"),
      how: "blocks are added up, over all rules for the same ports",
      run: (site) =>
        site.apply(
          open("halves", [
            { ipBlock: { cidr: "0.0.0.0/1" } },
            { ipBlock: { cidr: "128.0.0.0/1" } },
          ]),
        ),
    },
    {
      id: "namespaces-but-nobody",
      what: "admit all namespaces but one that does not exist",
      outcome: guard("net-policy-open"),
      how: "a selector that only excludes names nobody",
      run: (site) =>
        site.apply(
          open("nobody", [
            {
              namespaceSelector: {
                matchExpressions: [{ key: NAME, operator: "NotIn", values: ["nobody"] }],
              },
            },
          ]),
        ),
    },
    {
      id: "namespaces-without-a-label",
      what: "admit all namespaces that lack a label which none has",
      outcome: guard("net-policy-open"),
      how: "a selector that only excludes names nobody",
      run: (site) => site.apply(open("lacking", [{ namespaceSelector: anyPod }])),
    },
    {
      id: "pods-without-a-label",
      what: "pretend to narrow it by Pods that lack a label which none has",
      outcome: guard("net-policy-open"),
      how: "the same for Pods: only a selector that asks for something narrows",
      run: (site) => site.apply(open("pods", [{ namespaceSelector: {}, podSelector: anyPod }])),
    },
    {
      id: "external-ips",
      what: "reach a Service by externalIPs instead of its type",
      outcome: guard("net-service-exposure"),
      how: "both open it",
      run: (site) => site.apply(service("ips", { externalIPs: ["192.0.2.10"] })),
    },
    {
      id: "service-patched",
      what: "create a Service for the cluster and open it by a patch",
      outcome: guard("net-service-exposure"),
      how: "updates are judged like creations",
      run: async (site) => {
        succeeded(await site.apply(service("patched")));
        return site.patch("service", `${DATA}/patched`, { spec: { type: "NodePort" } });
      },
    },
    {
      id: "service-held-by-finalizer",
      what: "hold a Service by a finalizer, delete it and open it while it is being deleted",
      outcome: through(),
      how: "an object that is being deleted is never in the way of its end: refusing an update could wedge it. Who may do this may write Services there; the API server's audit log and the audit of the live cluster show it",
      run: async (site) => {
        const made = service("held");
        const metadata = { ...made.metadata, finalizers: ["example.com/hold"] };
        succeeded(await site.apply({ ...made, metadata }));
        succeeded(await site.kubectl("delete", "service", "held", "-n", DATA, "--wait=false"));
        return site.patch("service", `${DATA}/held`, { spec: { type: "NodePort" } });
      },
      verify: async (site) => {
        await site.patch("service", `${DATA}/held`, { metadata: { finalizers: null } });
      },
    },
    {
      id: "alias-spelt-otherwise",
      what: "alias a Service of the data layer by a name in capitals with a final dot, behind an Ingress",
      outcome: guard("net-route-to-data"),
      how: "names are compared as DNS does",
      run: async (site) => {
        await site.given(service("aliased"), "Service");
        const alias = object("v1", "Service", `${APP}/alias`, {
          spec: { type: "ExternalName", externalName: `ALIASED.${DATA}.SVC.cluster.local.` },
        });
        const made = await site.apply(alias);
        if (made.code !== 0) {
          await site.apply({
            ...alias,
            spec: { ...alias.spec, externalName: `aliased.${DATA}.svc.cluster.local.` },
          });
        }
        await site.cached("Service");
        const backend = { service: { name: "alias", port: { number: 5432 } } };
        return site.apply(
          object("networking.k8s.io/v1", "Ingress", `${APP}/alias`, {
            spec: { defaultBackend: backend },
          }),
        );
      },
    },
    {
      id: "endpoints-by-hand",
      what: "point a Service without selector at addresses of the data layer by an EndpointSlice",
      outcome: through(),
      how: "EndpointSlices are never intercepted, they are every rollout's traffic; RBAC keeps them from `edit`, and the NetworkPolicies of the data layer hold for addresses, not for names",
      run: (site) =>
        site.apply(
          object("discovery.k8s.io/v1", "EndpointSlice", `${APP}/by-hand`, {
            addressType: "IPv4",
            endpoints: [{ addresses: ["10.1.2.3"] }],
            ports: [{ port: 5432 }],
          }),
        ),
      verify: async (site) => {
        const may = await site.asDeveloper("auth", "can-i", "create", "endpointslices", "-n", APP);
        assert.equal(may.stdout, "no\n");
      },
    },
  ],
};
