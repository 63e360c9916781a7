import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Hook } from "./hook.ts";
import type { Site } from "./site.ts";

const MESSAGE = [
  "ConfigMap words/new breaks 2 rules",
  "  [res-limits-required] container api has no memory limit",
  "  [ha-replicas] 1 replica; set at least 2",
].join("\n");

const DENIED = `admission webhook "e0.words-validating.facts.test" denied the request: ${MESSAGE}\n`;
const DENIED_DEPLOYMENT = DENIED.replace("e0", "e1");

const configMap = (name: string) => `
apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: words}
`;

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: words}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "registry.example/web:1"}]}
`;

/** What kubectl writes before the message, by the way the object is sent. */
const WAYS: readonly (readonly [args: string, stdin: string, stderr: string])[] = [
  [
    "create -f -",
    configMap("new"),
    `Error from server (Forbidden): error when creating "STDIN": ${DENIED}`,
  ],
  [
    "apply -f -",
    configMap("new"),
    `Error from server (Forbidden): error when creating "STDIN": ${DENIED}`,
  ],
  ["apply --server-side -f -", configMap("new"), `Error from server (Forbidden): ${DENIED}`],
  ["create configmap new -n words", "", `error: failed to create configmap: ${DENIED}`],
  ["label configmap old a=b -n words", "", `Error from server (Forbidden): ${DENIED}`],
  ["delete configmap old -n words", "", `Error from server (Forbidden): ${DENIED}`],
  [
    "scale deployment web --replicas=3 -n words",
    "",
    `Error from server (Forbidden): ${DENIED_DEPLOYMENT}`,
  ],
  [
    "set image deployment/web main=registry.example/web:2 -n words",
    "",
    `error: failed to patch image update to pod template: ${DENIED_DEPLOYMENT}`,
  ],
];

/** From "create -f -", after the part that all share. */
const STATUSES: readonly (readonly [status: object | undefined, stderr: string])[] = [
  [undefined, "Error from server: … without explanation"],
  [{ message: "one\ntwo" }, "Error from server: …: one\ntwo"],
  [{ code: 403, message: "one\ntwo" }, "Error from server: …: one\ntwo"],
  [{ code: 403, reason: "Forbidden" }, "Error from server (Forbidden): …: Forbidden"],
  [{ code: 400, reason: "BadRequest", message: "one" }, "Error from server (BadRequest): …: one"],
  [{ code: 422, reason: "Invalid", message: "one\ntwo" }, "The request is invalid: …: one\ntwo"],
];

export function kubectlFacts(site: () => Site): void {
  let hook: Hook;
  const kubectl = (args: string, stdin = "") => site().cluster.kubectl(args.split(" "), { stdin });
  const deny = (status?: object) => ({ allowed: false, ...(status ? { status } : {}) });

  describe("what kubectl prints", () => {
    before(async () => {
      await site().namespace("words");
      hook = await site().hook();
      await site().cluster.apply(DEPLOYMENT);
      await site().cluster.apply(configMap("old"));
      const entry = { hook, namespace: "words", operations: ["CREATE", "UPDATE", "DELETE"] };
      const resources = ["deployments", "deployments/scale"];
      await site().register("words", [entry, { ...entry, resources }]);
    });

    for (const [args, stdin, expected] of WAYS) {
      test(`kubectl ${args} shows a denial of several lines as it is`, async () => {
        hook.answer = () => deny({ code: 403, reason: "Forbidden", message: MESSAGE });
        const { code, stderr } = await kubectl(args, stdin);
        assert.equal(stderr, expected);
        assert.equal(code, 1);
      });
    }

    test("an apply over an existing object shows the whole patch before the message", async () => {
      hook.answer = () => deny({ code: 403, reason: "Forbidden", message: MESSAGE });
      const { stderr } = await kubectl("apply -f -", `${configMap("old")}data: {a: b}\n`);
      const start = 'Error from server (Forbidden): error when applying patch:\n{"data":{"a":"b"}';
      assert.equal(stderr.slice(0, start.length), start);
      const end = `for: "STDIN": error when patching "STDIN": ${DENIED}`;
      assert.equal(stderr.slice(-end.length), end);
    });

    for (const [status, expected] of STATUSES) {
      test(`a denial with the status ${JSON.stringify(status)}`, async () => {
        hook.answer = () => deny(status);
        const { stderr } = await kubectl("create -f -", configMap("new"));
        const short = stderr
          .replace('error when creating "STDIN": ', "")
          .replace('admission webhook "e0.words-validating.facts.test" denied the request', "…");
        assert.equal(short, `${expected}\n`);
      });
    }

    test("a warning with a control character is lost, the others are shown", async () => {
      const warnings = ["first", "two\nlines", "a\ttab", 'ünï ⚠ "q" \\ <b>', "first"];
      const shown = 'Warning: first\nWarning: ünï ⚠ "q" \\ <b>\n';
      hook.answer = () => ({ allowed: true, warnings });
      const allowed = await kubectl("create --dry-run=server -f -", configMap("new"));
      assert.deepEqual([allowed.code, allowed.stderr], [0, shown]);
      const status = { code: 403, reason: "Forbidden", message: MESSAGE };
      hook.answer = () => ({ ...deny(status), warnings });
      const denied = await kubectl("create -f -", configMap("new"));
      assert.equal(denied.stderr, `${shown}${WAYS[0]?.[2]}`);
    });
  });
}
