import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Platform } from "../support/platform.ts";
import { object } from "./objects.ts";
import { refusedBy, sound, soundContainer, warnedBy } from "./support.ts";

const VALUE = "hunter2-Str0ng";

export function secrets(platform: () => Platform): void {
  const apply = (manifest: object) => platform().send("apply", manifest);
  const withEnv = (entry: object) =>
    sound("Deployment", "platform-application/secretive", {
      component: "platform-service",
      containers: [soundContainer("api", { env: [entry] })],
    });
  const configMap = (data: object) =>
    object("v1", "ConfigMap", "platform-application/settings", { data });

  suite("secrets", () => {
    test("a credential in env is refused, and its value told nobody", async () => {
      const result = await apply(withEnv({ name: "DB_PASSWORD", value: VALUE }));
      assert.deepEqual(refusedBy(result), ["secret-env-literal"]);
      assert.match(result.stderr, /env DB_PASSWORD of container api holds a literal credential/);
      assert.ok(!result.stderr.includes(VALUE));
      assert.ok(!platform().guard.log().includes(VALUE));
    });

    test("one that is taken from a Secret is fine", async () => {
      const valueFrom = { secretKeyRef: { name: "db", key: "password" } };
      const result = await apply(withEnv({ name: "DB_PASSWORD", valueFrom }));
      assert.deepEqual(
        warnedBy(result).filter((id) => id.startsWith("secret-")),
        [],
      );
    });

    test("a password in a ConfigMap is a warning, a private key is refused", async () => {
      const properties = `db.password=${VALUE}\n`;
      const warned = await apply(configMap({ "app.properties": properties }));
      assert.deepEqual(warnedBy(warned), ["secret-configmap"]);
      const key = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n";
      assert.deepEqual(refusedBy(await apply(configMap({ "tls.key": key }))), ["secret-configmap"]);
    });
  });
}
