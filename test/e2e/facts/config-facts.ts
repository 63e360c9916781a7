import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { since } from "../../cluster/since.ts";
import type { Hook } from "./hook.ts";
import type { Site } from "./site.ts";

const MUTATING_POLICIES = since(36, "MutatingAdmissionPolicy v1");
const GROUP = "/apis/admissionregistration.k8s.io/v1";
const NAMESPACE = "configs";
const OBJECTS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
const NOT_LEAVING = "oldObject == null || !has(oldObject.metadata.deletionTimestamp)";

const empty = (flavour: string, label: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ${flavour}WebhookConfiguration
metadata: {name: shipped, labels: {version: "${label}"}}
`;

interface Configuration {
  readonly metadata: { readonly labels: object };
  readonly webhooks?: readonly { readonly name: string }[];
}

export function configurationFacts(site: () => Site): void {
  let hook: Hook;
  const request: Site["cluster"]["request"] = (...args) => site().cluster.request(...args);
  const configMap = (name: string, metadata = {}) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, ...metadata },
  });

  /** What the guard does: its entries, by server-side apply, under a manager of its own. */
  async function fill(flavour: string): Promise<void> {
    const clientConfig = await site().clientConfig(hook.port, "/shipped");
    const entry = {
      name: "one.shipped.test",
      clientConfig,
      rules: [
        { apiGroups: ["none.test"], apiVersions: ["v1"], operations: ["*"], resources: ["*"] },
      ],
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
    };
    const path = `${GROUP}/${flavour.toLowerCase()}webhookconfigurations/shipped`;
    const answer = await request(
      "PATCH",
      `${path}?fieldManager=keymate-guard`,
      JSON.stringify({
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: `${flavour}WebhookConfiguration`,
        metadata: { name: "shipped" },
        webhooks: [entry],
      }),
      "application/apply-patch+yaml",
    );
    assert.equal(answer.status, 200, answer.text);
  }

  async function entries(flavour: string): Promise<[string[], object]> {
    const path = `${GROUP}/${flavour.toLowerCase()}webhookconfigurations/shipped`;
    const { webhooks = [], metadata } = (await request("GET", path)).json<Configuration>();
    return [webhooks.map(({ name }) => name), metadata.labels];
  }

  describe("webhook configurations", () => {
    before(async () => {
      hook = await site().hook();
      await site().namespace(NAMESPACE);
    });

    for (const flavour of ["Mutating", "Validating"]) {
      for (const [how, ...args] of [["client-side"], ["server-side", "--server-side"]]) {
        test(`${flavour}: entries of another manager survive a ${how} apply of none, but no replace`, async () => {
          const kept = ["one.shipped.test"];
          await site().cluster.apply(empty(flavour, "1"), ...args);
          assert.deepEqual(await entries(flavour), [[], { version: "1" }]);
          await fill(flavour);
          await site().cluster.apply(empty(flavour, "2"), ...args);
          assert.deepEqual(await entries(flavour), [kept, { version: "2" }]);
          await site().cluster.apply(`${empty(flavour, "3")}webhooks: []\n`, ...args);
          assert.deepEqual(await entries(flavour), [kept, { version: "3" }]);
          await site().cluster.kubectl(["replace", "-f", "-"], { stdin: empty(flavour, "4") });
          assert.deepEqual(await entries(flavour), [[], { version: "4" }]);
          const name = `${flavour.toLowerCase()}webhookconfiguration`;
          await site().cluster.kubectl(["delete", name, "shipped"]);
        });
      }
    }

    test("a matchCondition on oldObject leaves objects under deletion alone", async () => {
      await site().register("leaving", [
        {
          hook,
          namespace: NAMESPACE,
          operations: ["CREATE", "UPDATE", "DELETE"],
          matchConditions: [{ name: "not-leaving", expression: NOT_LEAVING }],
        },
      ]);
      hook.reset();
      const seen = () => hook.calls.map(({ request: { operation } }) => operation);
      const finalizers = ["facts.test/hold"];
      await site().make(OBJECTS, configMap("leaving", { finalizers }));
      await request(
        "PUT",
        `${OBJECTS}/leaving`,
        configMap("leaving", { finalizers, labels: { a: "b" } }),
      );
      assert.deepEqual(seen(), ["CREATE", "UPDATE"]);
      await request("DELETE", `${OBJECTS}/leaving`);
      assert.deepEqual(seen(), ["CREATE", "UPDATE", "DELETE"]);
      const again = await request("DELETE", `${OBJECTS}/leaving`);
      assert.equal(again.status, 200);
      const freed = await request("PUT", `${OBJECTS}/leaving`, configMap("leaving"));
      assert.equal(freed.status, 200, freed.text);
      assert.deepEqual(seen(), ["CREATE", "UPDATE", "DELETE"]);
      await eventually(async () => (await request("GET", `${OBJECTS}/leaving`)).status === 404);
      await site().unregister("leaving");
    });

    test("MutatingAdmissionPolicy is served as v1 without a flag", MUTATING_POLICIES, async () => {
      const { resources } = (await request("GET", GROUP)).json<{ resources: { kind: string }[] }>();
      const kinds = new Set(resources.map(({ kind }) => kind));
      for (const kind of ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]) {
        assert.ok(kinds.has(kind), kind);
      }
    });
  });
}
