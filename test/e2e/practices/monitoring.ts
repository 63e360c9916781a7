import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Platform } from "../support/platform.ts";
import { object } from "./objects.ts";
import { refusedBy, sound, soundContainer, warnedBy } from "./support.ts";

const PLACE = "platform-application/probed";

export function monitoring(platform: () => Platform): void {
  const apply = (manifest: object) => platform().send("apply", manifest);
  const probed = (container: object) =>
    sound("Deployment", PLACE, {
      component: "platform-service",
      containers: [soundContainer("api", container)],
    });

  suite("monitoring", () => {
    test("a critical component without readinessProbe is refused", async () => {
      const result = await apply(probed({ readinessProbe: undefined }));
      assert.deepEqual(refusedBy(result), ["mon-probes"]);
    });

    test("without livenessProbe it is taken with a warning", async () => {
      assert.ok(warnedBy(await apply(probed({ livenessProbe: undefined }))).includes("mon-probes"));
    });

    test("with both it is taken", async () => {
      assert.ok(!warnedBy(await apply(probed({}))).includes("mon-probes"));
    });

    test("a ServiceMonitor that reaches nothing is taken with a warning", async () => {
      const monitor = object(
        "monitoring.coreos.com/v1",
        "ServiceMonitor",
        "platform-application/nothing",
        { spec: { selector: { matchLabels: { app: "nothing" } }, endpoints: [{ port: "http" }] } },
      );
      assert.deepEqual(warnedBy(await apply(monitor)), ["mon-scrape-target"]);
    });
  });
}
