import assert from "node:assert/strict";
import { eventually } from "../../../cluster/eventually.ts";
import { unsized } from "../site.ts";
import { type Group, NO_EFFECT, RBAC, through } from "../try.ts";

export const CONFIGURATION: Group = {
  title: "By the guard's own set-up",
  tries: [
    {
      id: "configuration-edited-by-developer",
      what: "take entries out of the webhook configuration, as somebody who may edit namespaces",
      outcome: RBAC,
      how: "it is cluster-scoped and in no role for users",
      run: (site) =>
        site.asDeveloper(
          ...["patch", "validatingwebhookconfiguration", "keymate-guard", "--type=json"],
          ...["-p", '[{"op":"remove","path":"/webhooks/0"}]'],
        ),
    },
    {
      id: "policy-edited-by-developer",
      what: "write an override into the policy, as somebody who may edit namespaces",
      outcome: RBAC,
      how: "the ConfigMap lies in the guard's namespace; an override weaker than the policy needs an end date, and a faulty policy is not loaded",
      run: (site) =>
        site.asDeveloper(
          ...["patch", "configmap", "keymate-guard-policy", "-n", "keymate-guard"],
          ...["--type=merge", "-p", '{"data":{"policy.yaml":""}}'],
        ),
    },
    {
      id: "key-read-by-developer",
      what: "read the guard's CA key and stand in for the guard",
      outcome: RBAC,
      how: "the Secret lies in the guard's namespace",
      run: (site) =>
        site.asDeveloper("get", "secret", "keymate-guard-certs", "-n", "keymate-guard"),
    },
    {
      id: "entry-narrowed",
      what: "narrow a selector of the configuration, as administrator",
      outcome: NO_EFFECT,
      how: "the guard watches its entries and writes them back within seconds; the API server's audit log shows who it was",
      run: (site) =>
        site.kubectl(
          ...["patch", "validatingwebhookconfiguration", "keymate-guard", "--type=json", "-p"],
          JSON.stringify([
            {
              op: "add",
              path: "/webhooks/0/objectSelector",
              value: { matchLabels: { never: "there" } },
            },
          ]),
        ),
      verify: async (site) => {
        await eventually(async () => {
          const get = ["get", "validatingwebhookconfiguration", "keymate-guard", "-o", "yaml"];
          return !(await site.kubectl(...get)).stdout.includes("never: there");
        });
        await eventually(async () => {
          const denied = await site.apply(unsized("again"), "--dry-run=server");
          return denied.code === 1;
        });
      },
    },
    {
      id: "certificates-emptied",
      what: "empty the Secret with the guard's certificates, as administrator",
      outcome: NO_EFFECT,
      how: "the guard serves on with what it has in memory and writes the Secret anew",
      run: (site) =>
        site.kubectl(
          ...["patch", "secret", "keymate-guard-certs", "-n", "keymate-guard"],
          ...["--type=merge", "-p", '{"data":null}'],
        ),
      verify: async (site) => {
        const denied = await site.apply(unsized("certified"), "--dry-run=server");
        assert.match(denied.stderr, /\[res-limits-required\]/);
        await eventually(async () => {
          const { stdout } = await site.kubectl(
            ...["get", "secret", "keymate-guard-certs", "-n", "keymate-guard", "-o", "json"],
          );
          return JSON.parse(stdout).data?.["ca.crt"] !== undefined;
        });
      },
    },
    {
      id: "configuration-deleted",
      what: "delete the webhook configuration, as administrator",
      outcome: through(),
      how: "the way out in an emergency: Kubernetes never asks a webhook about webhooks, and the guard may not create them. `keymate_guard_admission_requests_total` stands still, which is worth an alert; the API server's audit log shows who it was",
      run: (site) => site.kubectl("delete", "validatingwebhookconfiguration", "keymate-guard"),
    },
  ],
};
