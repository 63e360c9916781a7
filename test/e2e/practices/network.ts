import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Platform, succeeded } from "../support/platform.ts";
import { object, policy } from "./objects.ts";
import { refusedBy, soonRefusedBy, warnedBy } from "./support.ts";

const DATA = "platform-data";
const service = (place: string, type: string) =>
  object("v1", "Service", place, {
    spec: { type, selector: { app: "x" }, ports: [{ port: 5432 }] },
  });
export function network(platform: () => Platform): void {
  const apply = (manifest: object) => platform().send("apply", manifest);

  suite("network", () => {
    test("a Service of the data layer is not to be reached from outside", async () => {
      const refused = await apply(service(`${DATA}/db`, "LoadBalancer"));
      assert.deepEqual(refusedBy(refused), ["net-service-exposure"]);
      assert.deepEqual(warnedBy(await apply(service(`${DATA}/db`, "ClusterIP"))), []);
    });

    test("in the application layer that is a warning", async () => {
      const result = await apply(service("platform-application/web", "LoadBalancer"));
      assert.deepEqual(warnedBy(result), ["net-service-exposure"]);
    });

    test("a policy that admits every source of the data layer is refused", async () => {
      assert.deepEqual(refusedBy(await apply(policy(`${DATA}/open`, [{}]))), ["net-policy-open"]);
      const from = [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "api" } } }];
      const narrow = await apply(policy(`${DATA}/open`, [{ from }]));
      assert.deepEqual(warnedBy(narrow), ["net-policy-open"]);
    });

    test("the last default deny of the data layer stays", async () => {
      succeeded(await apply(policy(`${DATA}/default-deny`, [])));
      const remove = () =>
        platform().kubectl("-n", DATA, "delete", "networkpolicy", "default-deny");
      await soonRefusedBy("net-default-deny", remove);
    });

    test("a route to a Service of the data layer is refused, wherever it lives", async () => {
      const route = (backend: object) =>
        object("gateway.networking.k8s.io/v1", "HTTPRoute", "platform-application/web", {
          spec: { parentRefs: [{ name: "public" }], rules: [{ backendRefs: [backend] }] },
        });
      const refused = await apply(route({ name: "db", namespace: DATA, port: 5432 }));
      assert.deepEqual(refusedBy(refused), ["net-route-to-data"]);
      assert.deepEqual(warnedBy(await apply(route({ name: "web", port: 80 }))), []);
    });

    test("plaintext in the data layer is refused", async () => {
      const peer = (mode: string) =>
        object("security.istio.io/v1", "PeerAuthentication", `${DATA}/default`, {
          spec: { mtls: { mode } },
        });
      assert.deepEqual(refusedBy(await apply(peer("PERMISSIVE"))), ["net-mtls"]);
      assert.deepEqual(warnedBy(await apply(peer("STRICT"))), []);
    });
  });
}
