import assert from "node:assert/strict";
import { eventually } from "../../../cluster/eventually.ts";
import { workload } from "../../support/manifests.ts";
import { DATA, unsized, unsizedPod } from "../site.ts";
import { type Group, guard, RBAC, through } from "../try.ts";

const controller = (apiVersion: string, kind: string) => ({
  ownerReferences: [
    {
      apiVersion,
      kind,
      name: "broker",
      uid: "11111111-2222-3333-4444-555555555555",
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
});

const CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller";
const OPERATOR = "system:serviceaccount:cnpg-system:cnpg-manager";
const FORGED = "trust comes from the authenticated requester, never from ownerReferences";

export const IDENTITY: Group = {
  title: "By being somebody else",
  tries: [
    {
      id: "forged-owner-pod",
      what: "write `controller: true` into a Pod's ownerReferences, as if a ReplicaSet had made it",
      outcome: guard("res-limits-required"),
      how: FORGED,
      run: (site) => site.create(unsizedPod("forged", controller("apps/v1", "ReplicaSet"))),
    },
    {
      id: "forged-owner-replicaset",
      what: "the same for a ReplicaSet that claims a Deployment",
      outcome: guard("res-limits-required"),
      how: FORGED,
      run: (site) =>
        site.create(
          workload("ReplicaSet", `${DATA}/forged`, {
            component: "none",
            metadata: { name: "forged", namespace: DATA, ...controller("apps/v1", "Deployment") },
          }),
        ),
    },
    {
      id: "forged-owner-job",
      what: "the same for a Job that claims a CronJob",
      outcome: guard("res-limits-required"),
      how: FORGED,
      run: (site) =>
        site.create(
          workload("Job", `${DATA}/forged`, {
            component: "none",
            metadata: { name: "forged", namespace: DATA, ...controller("batch/v1", "CronJob") },
          }),
        ),
    },
    {
      id: "mirror-pod",
      what: "annotate a Pod as the mirror of a static one",
      outcome: guard("res-limits-required"),
      how: "the annotation means nothing to the guard; true static Pods are files of a node, which no admission sees",
      run: (site) => {
        const made = unsizedPod("mirror", {
          annotations: { "kubernetes.io/config.mirror": "0123456789" },
        });
        return site.create({ ...made, spec: { ...made.spec, nodeName: "kwok-node-0" } });
      },
    },
    {
      id: "impersonate-controller",
      what: "impersonate a workload controller, as somebody who may edit the namespace",
      outcome: RBAC,
      how: "ClusterRole `edit` gives no right to impersonate accounts of kube-system",
      run: (site) => site.asDeveloper("get", "pods", "-n", DATA, `--as=${CONTROLLER}`),
    },
    {
      id: "controllers-name-elsewhere",
      what: "call a service account of another namespace `replicaset-controller`",
      outcome: guard("res-limits-required"),
      how: "the whole user name is compared",
      run: (site) =>
        site.create(
          unsizedPod("namesake"),
          `--as=system:serviceaccount:${DATA}:replicaset-controller`,
          "--as-group=system:masters",
        ),
    },
    {
      id: "controllers-name-in-capitals",
      what: "be a controller's user name in other letters",
      outcome: guard("res-limits-required"),
      how: "user names are compared letter by letter",
      run: (site) =>
        site.create(
          unsizedPod("capitals"),
          `--as=${CONTROLLER.replace("replicaset", "ReplicaSet")}`,
          "--as-group=system:masters",
        ),
    },
    {
      id: "cluster-administrator",
      what: "be in system:masters",
      outcome: guard("res-limits-required"),
      how: "RBAC does not bind that group, admission does: no group is exempt",
      run: (site) => site.create(unsized("mastered"), "--as=root", "--as-group=system:masters"),
    },
    {
      id: "system-group",
      what: "be any other service account of kube-system",
      outcome: guard("res-limits-required"),
      how: "single controllers are named, not their group",
      run: (site) =>
        site.create(
          unsized("systematic"),
          "--as=system:serviceaccount:kube-system:some-operator",
          "--as-group=system:masters",
          "--as-group=system:serviceaccounts:kube-system",
        ),
    },
    {
      id: "guards-account",
      what: "act as the guard itself, with the token of its service account",
      outcome: RBAC,
      how: "it may read what rules look up, write Events, and patch its own Secret and entries; nothing else",
      run: async (site) => {
        const { cluster } = site.platform;
        const kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard");
        return cluster.kubectl(["create", "-f", "-"], {
          kubeconfig,
          stdin: JSON.stringify(unsized("guarded")),
        });
      },
    },
    {
      id: "trusted-operator",
      what: "be an operator that the policy trusts, by the right to impersonate it",
      outcome: through(),
      how: "meant so: refusing an operator would stop a failover. What it does is judged all the same and stands in the API server's audit log, annotation `observe-controllers.guard.keymate.io/findings`",
      run: (site) =>
        site.create(unsizedPod("trusted"), `--as=${OPERATOR}`, "--as-group=system:masters"),
      verify: async (site) => {
        const key = "observe-controllers.guard.keymate.io/findings";
        const findings = await eventually(async () => {
          const events = site.platform.cluster.auditEvents();
          return events.findLast(({ annotations }) => annotations?.[key])?.annotations?.[key];
        });
        assert.match(findings, /res-limits-required/);
      },
    },
    {
      id: "trusted-operators-token",
      what: "ask for a token of a trusted operator, as somebody who may edit its namespace",
      outcome: through(),
      how: "Kubernetes gives `edit` the service accounts of a namespace: to trust an operator is to trust everybody who may edit where it runs. The API server's audit log shows the TokenRequest",
      run: (site) => site.asDeveloper("create", "token", "cnpg-manager", "-n", "cnpg-system"),
    },
  ],
};
