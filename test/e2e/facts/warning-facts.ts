import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Hook } from "./hook.ts";
import type { Site } from "./site.ts";

const NAMESPACE = "warnings";

export function warningFacts(site: () => Site): void {
  const hooks: Hook[] = [];

  async function shown(...warnings: readonly (readonly string[])[]): Promise<string[]> {
    for (const [i, hook] of hooks.entries()) {
      hook.answer = () => ({ allowed: true, warnings: warnings[i] ?? [] });
    }
    const { headers, status, text } = await site().cluster.request(
      "POST",
      `/api/v1/namespaces/${NAMESPACE}/configmaps?dryRun=All`,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "some" } },
    );
    assert.equal(status, 201, text);
    return [...String(headers["warning"] ?? "").matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(
      ([, warning = ""]) => Buffer.from(warning, "latin1").toString("utf8"),
    );
  }

  describe("limits of warnings", () => {
    before(async () => {
      hooks.push(await site().hook(), await site().hook());
      await site().namespace(NAMESPACE);
      for (const [i, hook] of hooks.entries()) {
        await site().register(`warnings-${i}`, [
          { hook, namespace: NAMESPACE, flavour: i === 0 ? "Mutating" : "Validating" },
        ]);
      }
    });

    test("4,096 runes pass as they are, whatever a rune's bytes", async () => {
      assert.deepEqual(await shown(["x".repeat(4096)]), ["x".repeat(4096)]);
      assert.deepEqual(await shown(["ü".repeat(4096)]), ["ü".repeat(4096)]);
    });

    test("with one rune more every warning is cut to 256", async () => {
      assert.deepEqual(await shown(["x".repeat(4097)]), ["x".repeat(256)]);
      assert.deepEqual(await shown(["short", "x".repeat(4092)]), ["short", "x".repeat(256)]);
      assert.deepEqual(await shown(["y".repeat(300)], ["x".repeat(4000)]), [
        "y".repeat(256),
        "x".repeat(256),
      ]);
    });

    test("cut warnings beyond 4,096 runes are dropped", async (t) => {
      const many = Array.from({ length: 40 }, (_, i) => `${i}-`.padEnd(300, "x"));
      const kept = await shown(many);
      t.diagnostic(`${kept.length} of 40 warnings of 300 runes are kept`);
      assert.deepEqual(
        kept,
        many.slice(0, 16).map((warning) => warning.slice(0, 256)),
      );
    });

    test("the same text is shown once, also from two webhooks", async () => {
      assert.deepEqual(await shown(["same", "same"], ["same", "other"]), ["same", "other"]);
    });

    test("control characters and line breaks lose the warning, but still count as seen", async () => {
      const lost = ["a\nb", "a\tb", "a\u0000b", "a\u007fb", "a\u0085b", ""];
      assert.deepEqual(await shown([...lost, "good"]), ["good"]);
    });
  });
}
