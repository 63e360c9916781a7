import { object } from "../../practices/objects.ts";
import { APP, DATA, gateway } from "../site.ts";
import { type Group, guard, through } from "../try.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

const annotated = (name: string, replicas: number, annotations: object, more: object = {}) => ({
  ...gateway(replicas, name),
  metadata: { ...gateway(replicas, name).metadata, annotations, ...more },
});

export const PRETEXTS: Group = {
  title: "By pretexts for fewer replicas",
  tries: [
    {
      id: "forged-last-applied",
      what: "forge the annotation of kubectl apply, as if replicas had been left out for an autoscaler",
      outcome: through("ha-min-replicas"),
      how: "no more than leaving them out gives: a warning for ten minutes, after which the audit fails",
      run: (site) => {
        const forged = { [LAST_APPLIED]: '{"spec":{}}' };
        // kubectl would write the annotation anew.
        return site.raw(
          "POST",
          `/apis/apps/v1/namespaces/${APP}/deployments`,
          annotated("forged", 1, forged),
        );
      },
    },
    {
      id: "forged-last-applied-zero",
      what: "the same with 0 replicas",
      outcome: guard("ha-scale-to-zero"),
      how: "the API server fills in 1: a 0 has been written",
      run: (site) =>
        site.raw(
          "POST",
          `/apis/apps/v1/namespaces/${APP}/deployments`,
          annotated("forged-zero", 0, { [LAST_APPLIED]: '{"spec":{}}' }),
        ),
    },
    {
      id: "forged-managed-fields",
      what: "forge managedFields, as if nobody had written replicas",
      outcome: guard("ha-min-replicas"),
      how: "the API server adds the writer of what changed, spec.replicas included",
      run: (site) => {
        const managedFields = [
          {
            manager: "argocd",
            operation: "Apply",
            apiVersion: "apps/v1",
            time: "2026-01-01T00:00:00Z",
            fieldsType: "FieldsV1",
            fieldsV1: { "f:spec": { "f:template": {} } },
          },
        ];
        return site.create(annotated("managed", 1, {}, { managedFields }));
      },
    },
    {
      id: "announced-autoscaler",
      what: "announce an autoscaler that never comes",
      outcome: through("ha-min-replicas"),
      how: "the HPA usually comes after the Deployment; ten minutes later the audit fails, and each update says that the fault is still there",
      run: (site) =>
        site.create(annotated("announced", 1, { "policy.keymate.io/autoscaled": "true" })),
    },
    {
      id: "hibernation",
      what: "hibernate a database by its operator's annotation",
      outcome: guard("ha-scale-to-zero"),
      how: "the annotation counts as 0",
      run: (site) =>
        site.kubectl(
          ...["annotate", "-n", DATA, "clusters.postgresql.cnpg.io/pg", "cnpg.io/hibernation=on"],
        ),
    },
    {
      id: "keda-paused",
      what: "let KEDA hold a critical component at 0 by an annotation",
      outcome: guard("ha-scale-to-zero"),
      how: "autoscalers are judged by what they make of their target",
      run: async (site) => {
        await site.cached("Deployment.apps");
        const made = object("keda.sh/v1alpha1", "ScaledObject", `${APP}/gateway`, {
          spec: { scaleTargetRef: { name: "gateway" }, minReplicaCount: 2 },
        });
        const annotations = { "autoscaling.keda.sh/paused-replicas": "0" };
        return site.apply({ ...made, metadata: { ...made.metadata, annotations } });
      },
    },
    {
      id: "keycloak-instances",
      what: "run the identity provider with one instance by its operator's custom resource",
      outcome: guard("ha-min-replicas"),
      how: "the kind says what it is, without any label",
      run: (site) =>
        site.apply(
          object("k8s.keycloak.org/v2beta1", "Keycloak", `${APP}/sso`, {
            spec: { instances: 1, image: "registry.example/keycloak:26.0.1" },
          }),
        ),
    },
  ],
};
