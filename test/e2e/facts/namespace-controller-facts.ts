import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import type { Hook } from "./hook.ts";
import { Site } from "./site.ts";

const CONTROLLER = "system:serviceaccount:kube-system:namespace-controller";

export function namespaceControllerFacts(): void {
  let site: Site;
  let hook: Hook;

  async function gone(name: string): Promise<boolean> {
    return (await site.cluster.request("GET", `/api/v1/namespaces/${name}`)).status === 404;
  }

  async function deleteWithOne(name: string): Promise<void> {
    await site.namespace(name, { facts: "emptied" });
    const metadata = { name: "some" };
    await site.make(`/api/v1/namespaces/${name}/secrets`, {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
    });
    hook.reset();
    await site.cluster.request("DELETE", `/api/v1/namespaces/${name}`);
  }

  describe("a namespace that the namespace controller empties", () => {
    before(async () => {
      site = await Site.start({ controllerManager: true });
      hook = await site.hook();
      const namespaceSelector = { matchLabels: { facts: "emptied" } };
      const operations = ["CREATE", "UPDATE", "DELETE"];
      const entry = { hook, operations, resources: ["secrets"], namespaceSelector };
      await site.register("emptied", [entry]);
    });
    after(() => site?.stop());

    test("its objects come as DELETE without a name, from the controller's account", async () => {
      await deleteWithOne("emptied-1");
      await eventually(() => gone("emptied-1"));
      assert.deepEqual(
        hook.calls.map(({ request }) => [
          request.operation,
          request.userInfo.username,
          request.name,
          request.oldObject?.metadata.name,
        ]),
        [["DELETE", CONTROLLER, undefined, "some"]],
      );
    });

    test("a webhook that denies the deletes holds the namespace, until it stops", async () => {
      const message = "not now";
      const denial = { allowed: false, status: { code: 403, reason: "Forbidden", message } };
      hook.answer = ({ request }) => (request.operation === "DELETE" ? denial : {});
      await deleteWithOne("emptied-2");
      const condition = await eventually(async () => {
        const answer = await site.cluster.request("GET", "/api/v1/namespaces/emptied-2");
        const { status } = answer.json<{ status: { conditions?: Record<string, string>[] } }>();
        return status.conditions?.find(({ type }) => type === "NamespaceDeletionContentFailure");
      });
      assert.equal(condition["status"], "True");
      assert.match(condition["message"] ?? "", /denied the request: not now/);
      hook.answer = () => ({ allowed: true });
      await eventually(() => gone("emptied-2"), 60_000);
    });
  });
}
