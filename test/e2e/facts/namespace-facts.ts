import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import type { Hook } from "./hook.ts";
import type { Site } from "./site.ts";

const ALL = ["CREATE", "UPDATE", "DELETE"];
// No other fact's selector is about Secrets: it would fail as well, and be in the way.
const secret = (name: string, labels = {}) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, labels },
});

export function namespaceFacts(site: () => Site): void {
  let selecting: Hook;
  let plain: Hook;
  const request: Site["cluster"]["request"] = (...args) => site().cluster.request(...args);
  const at = (namespace: string, name = "") =>
    `/api/v1/namespaces/${namespace}/secrets${name && `/${name}`}`;
  const seen = (hook: Hook) => hook.calls.map((c) => `${c.request.operation} ${c.request.name}`);

  /** A namespace under deletion: without a controller manager nobody empties it. */
  async function terminating(name: string, objects: readonly string[]): Promise<void> {
    await site().namespace(name, { layer: "data" });
    for (const object of objects) await site().make(at(name), secret(object));
    await request("DELETE", `/api/v1/namespaces/${name}`);
    // The caches that admission reads follow a moment later.
    await eventually(async () => (await request("POST", at(name), secret("x"))).status === 403);
    for (const hook of [selecting, plain]) hook.reset();
  }

  describe("a namespace under deletion", () => {
    before(async () => {
      selecting = await site().hook();
      plain = await site().hook();
      const resources = ["secrets"];
      const entry = {
        resources,
        operations: ALL,
        flavour: "Mutating",
        failurePolicy: "Ignore",
      } as const;
      const selector = { matchLabels: { layer: "data" } };
      await site().register("selecting", [
        { ...entry, hook: selecting, namespaceSelector: selector },
        { ...entry, hook: selecting, flavour: "Validating", namespaceSelector: selector },
      ]);
      // Kept apart from the other facts by the objects' names.
      const ours = { name: "ours", expression: "request.name.startsWith('orphan')" };
      await site().register("plain", [
        { ...entry, hook: plain, namespace: null, matchConditions: [ours] },
      ]);
    });

    test("a create is refused before any webhook sees it", async () => {
      await terminating("ending", ["kept"]);
      const answer = await request("POST", at("ending"), secret("new"));
      assert.equal(answer.status, 403);
      const { reason, details } = answer.json<{ reason: string; details: { causes: object[] } }>();
      assert.equal(reason, "Forbidden");
      assert.partialDeepStrictEqual(details.causes, [{ reason: "NamespaceTerminating" }]);
      assert.deepEqual(seen(selecting), []);
    });

    test("updates and deletes go to webhooks, and selectors still match", async () => {
      await terminating("ending-2", ["one", "two", "three"]);
      const update = await request("PUT", at("ending-2", "one"), secret("one", { a: "b" }));
      assert.equal(update.status, 200);
      assert.equal((await request("DELETE", at("ending-2", "one"))).status, 200);
      assert.equal((await request("DELETE", at("ending-2"))).status, 200);
      // Each object goes to a mutating and a validating entry.
      const names = ["UPDATE one", "UPDATE one", "DELETE one", "DELETE one"];
      assert.deepEqual(seen(selecting).slice(0, 4), names);
      const collected = selecting.calls.slice(4).map((call) => call.request);
      assert.deepEqual(
        collected.map(({ name, object }) => [name, object]),
        Array(4).fill([undefined, null]),
      );
      assert.deepEqual(
        new Set(collected.map(({ oldObject }) => oldObject?.metadata.name)),
        new Set(["two", "three"]),
      );
    });

    test("an object that outlived its namespace: 404 from a selector, whatever the policy", async () => {
      await terminating("gone", ["orphan-1", "orphan-2"]);
      const path = "/api/v1/namespaces/gone";
      const namespace = (await request("GET", path)).json<{ spec: object }>();
      await request("PUT", `${path}/finalize`, { ...namespace, spec: { finalizers: [] } });
      await eventually(async () => (await request("GET", path)).status === 404);
      // A selector reads a cache first.
      const refused = await eventually(async () => {
        const answer = await request("PUT", at("gone", "orphan-1"), secret("orphan-1", { a: "b" }));
        return answer.status !== 200 && answer;
      });
      assert.equal(refused.status, 404);
      assert.equal(refused.json<{ message: string }>().message, 'namespaces "gone" not found');
      for (const hook of [selecting, plain]) hook.reset();
      const deleted = await request("DELETE", at("gone", "orphan-1"));
      assert.equal(deleted.status, 404, deleted.text);
      assert.deepEqual(seen(selecting), []);
      const created = await request("POST", at("gone"), secret("orphan-3"));
      assert.equal(created.status, 404);
      plain.reset();
      await site().unregister("selecting");
      const later = await eventually(async () => {
        const answer = await request("DELETE", at("gone", "orphan-2"));
        return answer.status !== 404 && answer;
      });
      assert.equal(later.status, 200);
      assert.equal(seen(plain).at(-1), "DELETE orphan-2");
    });
  });
}
