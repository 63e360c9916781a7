import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Platform, succeeded } from "../support/platform.ts";
import { budget, object } from "./objects.ts";
import { refusedBy, seen, soonRefusedBy, sound, warnedBy } from "./support.ts";

const APP = "platform-application";
const GATEWAY = `${APP}/gateway`;
const gateway = (replicas: number) =>
  sound("Deployment", GATEWAY, { component: "api-gateway", replicas });

export function highAvailability(platform: () => Platform): void {
  const kubectl = (...args: string[]) => platform().kubectl("-n", APP, ...args);
  const apply = (manifest: object | object[]) => platform().send("apply", manifest);

  suite("high availability", () => {
    test("a critical component of one replica is refused", async () => {
      const result = await apply(gateway(1));
      assert.deepEqual(refusedBy(result), ["ha-min-replicas"]);
      assert.match(result.stderr, /api-gateway runs 1 replica, production minimum is 2/);
    });

    test("of two it is taken, with the advice to bring a budget", async () => {
      assert.deepEqual(warnedBy(await apply(gateway(2))), ["pdb-required"]);
    });

    test("scaling it below its minimum is refused, to zero by its own rule, upwards never", async () => {
      await seen(platform(), GATEWAY, "deployment");
      const scale = (count: number) =>
        kubectl("scale", "deployment/gateway", `--replicas=${count}`);
      assert.deepEqual(refusedBy(await scale(1)), ["ha-min-replicas"]);
      assert.deepEqual(refusedBy(await scale(0)), ["ha-scale-to-zero"]);
      succeeded(await scale(3));
      succeeded(await scale(2));
    });

    test("an HPA without minReplicas is named", async () => {
      const hpa = object("autoscaling/v2", "HorizontalPodAutoscaler", GATEWAY, {
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "gateway" },
          maxReplicas: 5,
        },
      });
      const result = await apply(hpa);
      assert.deepEqual(refusedBy(result), ["ha-min-replicas"]);
      assert.match(result.stderr, /HPA gateway|HorizontalPodAutoscaler/);
      succeeded(await apply({ ...hpa, spec: { ...hpa.spec, minReplicas: 2 } }));
      succeeded(await kubectl("delete", "hpa", "gateway"));
    });

    test("a budget that blocks every eviction is refused, one that leaves room is taken", async () => {
      const blocking = await apply(budget(GATEWAY, { minAvailable: 2 }));
      assert.deepEqual(refusedBy(blocking), ["pdb-blocks-eviction"]);
      assert.match(blocking.stderr, /minAvailable 2 of 2 replicas allows no eviction/);
      assert.deepEqual(warnedBy(await apply(budget(GATEWAY))), []);
      assert.deepEqual(warnedBy(await apply(gateway(2))), []);
    });

    test("a second budget over the same Pods is refused, and so is the loss of the only one", async () => {
      const second = budget(`${APP}/second`, { maxUnavailable: 1 }, "gateway");
      await soonRefusedBy("pdb-overlap", () => apply([second]));
      await soonRefusedBy("pdb-delete-protect", () => kubectl("delete", "pdb", "gateway"));
    });

    test("the budget of a CloudNativePG primary is taken from the operator alone", async () => {
      const primary = {
        ...budget("platform-data/pg-main-primary"),
        spec: {
          minAvailable: 1,
          selector: {
            matchLabels: { "cnpg.io/cluster": "pg-main", "cnpg.io/instanceRole": "primary" },
          },
        },
      };
      const operator = "system:serviceaccount:cnpg-system:cnpg-manager";
      succeeded(
        await platform().kubectl(
          ...["create", "clusterrolebinding", "cnpg", "--clusterrole=cluster-admin"],
          ...["--serviceaccount=cnpg-system:cnpg-manager"],
        ),
      );
      const made = await platform().send("create", primary, `--as=${operator}`);
      assert.deepEqual(warnedBy(made), []);
    });
  });
}
