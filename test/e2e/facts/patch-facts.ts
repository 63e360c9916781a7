import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { kubeMinor, kubeVersion } from "../../cluster/build.ts";
import { eventually } from "../../cluster/eventually.ts";
import { since } from "../../cluster/since.ts";
import type { Hook } from "./hook.ts";
import type { Site } from "./site.ts";

const NAMESPACE = "patches";
const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps?dryRun=All`;
const BODY = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "some" } };

const add = (path: string, value: unknown) => ({ op: "add", path, value });

/** The request goes on as if nobody had answered. */
const SOFTENED: readonly (readonly [what: string, patch: unknown])[] = [
  ["an operation in place of the list", add("/data", {})],
  ["a string", "text"],
  ["a list of numbers", [1]],
];

/** 500 although failurePolicy is Ignore. */
const REFUSED: readonly (readonly [what: string, patch: readonly object[], message: RegExp])[] = [
  ["a member of a missing map", [add("/data/a", "b")], /doc is missing path/],
  ["a path without its slash", [add("data", {})], /doc is missing path/],
  ["an unknown operation", [{ op: "merge", path: "/data" }], /Unexpected kind: merge/],
  ["a failed test", [{ op: "test", path: "/metadata/name", value: "x" }], /test failed/],
  ["a value of the wrong type", [add("/data", { a: 1 })], /cannot unmarshal number into Go/],
  ["another kind", [add("/kind", "Secret")], /converting \(v1.Secret\) to \(core.ConfigMap\)/],
];

const NULL_THEN_MEMBER = [add("/data", null), add("/data/a", "b")];

const PANIC = [
  add("/metadata/finalizers", [null]),
  { op: "test", path: "/metadata/finalizers", value: [null] },
];

export function patchFacts(site: () => Site): void {
  let hook: Hook;
  const create = () => site().cluster.request("POST", PATH, BODY);
  const panics = () => site().cluster.apiServer.process.log().split("Observed a panic").length - 1;

  async function failOpens(): Promise<number> {
    const metrics = await site().cluster.metrics();
    const name = "e0.patches-mutating.facts.test";
    const line = new RegExp(
      `^apiserver_admission_webhook_fail_open_count\\{name="${name}".*\\} (.+)$`,
      "m",
    );
    return Number(line.exec(metrics)?.[1] ?? 0);
  }

  describe("a faulty patch under failurePolicy Ignore", () => {
    before(async () => {
      hook = await site().hook();
      await site().namespace(NAMESPACE);
      await site().register("patches", [
        { hook, namespace: NAMESPACE, flavour: "Mutating", failurePolicy: "Ignore" },
      ]);
    });

    for (const [what, patch] of SOFTENED) {
      test(`${what} does not decode, which Ignore softens`, async () => {
        const count = await failOpens();
        hook.answer = () => ({ allowed: true, patch });
        const { status, text } = await create();
        assert.equal(status, 201, text);
        assert.equal(await failOpens(), count + 1);
      });
    }

    test(
      "null, and then a member of it is refused in spite of Ignore",
      since(37, "such answer, it panics"),
      async () => {
        hook.answer = () => ({ allowed: true, patch: NULL_THEN_MEMBER });
        const { status, text } = await create();
        assert.equal(status, 500);
        assert.match(
          JSON.parse(text).message,
          /add operation does not apply: doc is missing path: "\/data\/a": missing value/,
        );
      },
    );

    const fixed = kubeMinor() >= 37 && `Kubernetes ${kubeVersion()} answers with an error`;
    test("on older servers it panics: the connection breaks, the server lives", {
      skip: fixed,
    }, async () => {
      hook.answer = () => ({ allowed: true, patch: NULL_THEN_MEMBER });
      await assert.rejects(create(), /socket hang up/);
      await eventually(async () => panics() > 0);
      hook.answer = () => ({ allowed: true });
      assert.equal((await create()).status, 201);
    });

    for (const [what, patch, message] of REFUSED) {
      test(`${what} is refused in spite of Ignore`, async () => {
        hook.answer = () => ({ allowed: true, patch });
        const { status, text } = await create();
        assert.equal(status, 500);
        assert.match(JSON.parse(text).message, message);
      });
    }

    test("a field that the kind does not have is dropped in silence", async () => {
      hook.answer = () => ({ allowed: true, patch: [add("/unknown", "x")] });
      const { status, headers, text } = await create();
      assert.equal(status, 201);
      assert.equal(headers["warning"], undefined);
      assert.doesNotMatch(text, /unknown/);
    });

    test("an empty list, and null, count as no patch", async () => {
      const count = await failOpens();
      for (const patch of [[], null]) {
        hook.answer = () => ({ allowed: true, patch });
        assert.equal((await create()).status, 201);
      }
      assert.equal(await failOpens(), count);
    });

    test("a test of a list that holds null panics: the connection breaks, the server lives", async (t) => {
      hook.answer = () => ({ allowed: true, patch: PANIC });
      const before = panics();
      await assert.rejects(create(), /socket hang up/);
      const { code, stderr } = await site().cluster.kubectl([
        "create",
        "-n",
        NAMESPACE,
        "configmap",
        "some",
      ]);
      t.diagnostic(stderr);
      assert.equal(code, 1);
      assert.match(stderr, /stream error: stream ID \d+; INTERNAL_ERROR; received from peer/);
      assert(panics() > before);
      hook.answer = () => ({ allowed: true });
      assert.equal((await create()).status, 201);
    });
  });
}
