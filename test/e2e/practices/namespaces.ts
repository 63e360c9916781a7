import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { namespace } from "../support/manifests.ts";
import { type Platform, succeeded } from "../support/platform.ts";
import { budget, claim, database, nightly, policy } from "./objects.ts";
import { refusedBy, soonRefusedBy, sound, warnedBy } from "./support.ts";

const SCRATCH = "scratch";

/** Lets the namespace go that the last test makes, and nothing else. */
export const SCRATCH_OVERRIDE = {
  rules: ["backup-delete-protect"],
  objects: [`Namespace/${SCRATCH}`],
  mode: "warn",
  until: "2099-12-31",
};

export function namespaces(platform: () => Platform): void {
  const apply = (manifest: object | object[]) => platform().send("apply", manifest);

  suite("namespaces", () => {
    test("a component in another layer than its own is refused", async () => {
      const misplaced = sound("Deployment", "platform-data/gateway", { component: "api-gateway" });
      assert.ok(refusedBy(await apply(misplaced)).includes("ns-component-layer"));
    });

    test("a workload that does not say what it is gets a warning", async () => {
      const result = await apply(sound("Deployment", "platform-observability/unnamed", {}));
      assert.ok(warnedBy(result).includes("ns-component-label"));
    });

    test("a namespace that holds workloads keeps its layer", async () => {
      succeeded(await apply(namespace("shop", "application")));
      const worker = sound("Deployment", "shop/worker", { component: "none" });
      succeeded(await apply(worker));
      const label = "policy.keymate.io/layer=observability";
      await soonRefusedBy("ns-layer-move", () =>
        platform().kubectl("label", "--overwrite", "namespace", "shop", label),
      );
    });

    test("a layer that does not exist is refused", async () => {
      assert.deepEqual(refusedBy(await apply(namespace("nowhere", "basement"))), [
        "ns-layer-label",
      ]);
    });

    test("the namespace controller empties a namespace of all that is protected in it", async () => {
      const place = (name: string) => `${SCRATCH}/${name}`;
      succeeded(await apply(namespace(SCRATCH, "data")));
      succeeded(
        await apply([
          sound("StatefulSet", place("cache"), { component: "cache", replicas: 2 }),
          budget(place("cache")),
          database(place("pg")),
          nightly(place("nightly"), "pg"),
          claim(place("files")),
          policy(place("default-deny"), []),
        ]),
      );
      const remove = ["delete", "namespace", SCRATCH, "--timeout=60s"];
      assert.deepEqual(warnedBy(await platform().kubectl(...remove)), ["backup-delete-protect"]);
    });
  });
}
