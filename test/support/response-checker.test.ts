import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applyAsApiServer, PatchError } from "./api-server-patch.ts";
import { assertAcceptedByApiServer, problemsOf, type WebhookReply } from "./response-checker.ts";

const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: { list: [1] } };

function reply(response: unknown, overrides: Partial<WebhookReply> = {}): WebhookReply {
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
  return {
    httpStatus: 200,
    headers: { "content-type": "application/json" },
    rawBody: JSON.stringify(review),
    endpoint: "mutating",
    request: { uid: "u", operation: "CREATE", object },
    ...overrides,
  };
}

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
const op = { op: "add", path: "/metadata/labels", value: { a: "b" } };
const patch = { patch: base64([op]), patchType: "JSONPatch" };
const denial = {
  uid: "u",
  allowed: false,
  status: { code: 403, reason: "Forbidden", message: "m" },
};
const allow = { uid: "u", allowed: true };
const patching = (operation: unknown) => ({
  ...allow,
  patch: base64([operation]),
  patchType: "JSONPatch",
});

describe("response checker", () => {
  const right: Record<string, WebhookReply> = {
    "a plain allow": reply(allow),
    "a denial": reply(denial, { endpoint: "validating" }),
    "a patch": reply({ ...allow, ...patch }),
    "warnings and annotations": reply({
      ...allow,
      warnings: ["one", "two ü"],
      auditAnnotations: { findings: "x", "a.b_c-d": "y" },
    }),
  };
  for (const [name, accepted] of Object.entries(right)) {
    test(`accepts ${name}`, () => assertAcceptedByApiServer(accepted));
  }

  const wrong: Record<string, [WebhookReply, string]> = {
    "another status": [reply(allow, { httpStatus: 299 }), "HTTP status is 299"],
    "another content type": [
      reply(allow, { headers: { "content-type": "text/plain" } }),
      "content type is not application/json",
    ],
    "no content type": [reply(allow, { headers: {} }), "content type is not application/json"],
    "an empty body": [reply(allow, { rawBody: "" }), "body is not a JSON object"],
    "a body that is not JSON": [reply(allow, { rawBody: "{" }), "body is not a JSON object"],
    "an array": [reply(allow, { rawBody: "[]" }), "body is not a JSON object"],
    "bad UTF-8": [reply(allow, { rawBody: Buffer.from([0xff]) }), "body is not UTF-8"],
    v1beta1: [
      reply(allow, {
        rawBody: JSON.stringify({
          apiVersion: "admission.k8s.io/v1beta1",
          kind: "AdmissionReview",
          response: allow,
        }),
      }),
      "apiVersion is wrong",
    ],
    "a Status": [
      reply(allow, {
        rawBody: JSON.stringify({
          apiVersion: "admission.k8s.io/v1",
          kind: "Status",
          response: allow,
        }),
      }),
      "kind is wrong",
    ],
    "no response": [reply(undefined), "response is absent"],
    "another uid": [reply({ ...allow, uid: "v" }), "uid differs"],
    "allowed as text": [reply({ uid: "u", allowed: "true" }), "allowed is not a boolean"],
    "a response of 1 MiB": [
      reply({ ...allow, auditAnnotations: { a: "x".repeat(1024 * 1024) } }),
      "reply is not below 1 MiB",
    ],
    "a denial without status": [reply({ uid: "u", allowed: false }), "denial has no message"],
    "a denial with code 200": [
      reply({ ...denial, status: { ...denial.status, code: 200 } }),
      "denial code is not 4xx",
    ],
    "a denial without message": [
      reply({ ...denial, status: { ...denial.status, message: "" } }),
      "denial has no message",
    ],
    "a denial that succeeded": [
      reply({ ...denial, status: { ...denial.status, status: "Success" } }),
      "denial has status Success",
    ],
    "a patch beside a denial": [reply({ ...denial, ...patch }), "patch beside a denial"],
    "patch without patchType": [reply({ ...allow, patch: patch.patch }), "patch without patchType"],
    "patchType without patch": [
      reply({ ...allow, patchType: "JSONPatch" }),
      "patchType without patch",
    ],
    "another patchType": [
      reply({ ...allow, ...patch, patchType: "Merge" }),
      "patchType is not JSONPatch",
    ],
    "url-safe base64": [
      reply({ ...allow, patch: "W3si_-8", patchType: "JSONPatch" }),
      "patch is not standard base64",
    ],
    "a patch that is an object": [
      reply({ ...allow, patch: base64(op), patchType: "JSONPatch" }),
      "patch is not an array",
    ],
    "an empty patch": [
      reply({ ...allow, patch: base64([]), patchType: "JSONPatch" }),
      "patch is empty",
    ],
    "a patch from a validating webhook": [
      reply({ ...allow, ...patch }, { endpoint: "validating" }),
      "validating webhook may not return patch",
    ],
    "patchType from a validating webhook": [
      reply({ ...allow, patchType: "JSONPatch" }, { endpoint: "validating" }),
      "validating webhook may not return patchType",
    ],
    "a patch on DELETE": [
      reply({ ...allow, ...patch }, { request: { uid: "u", operation: "DELETE", object: null } }),
      "patch on DELETE without object",
    ],
    "a patch under a missing parent": [
      reply(patching({ op: "add", path: "/metadata/labels/a", value: "b" })),
      "patch does not apply: missing path /metadata/labels/a",
    ],
    "a patch that changes the kind": [
      reply(patching({ op: "add", path: "/kind", value: "Service" })),
      "patch changes kind",
    ],
    "a warning of two lines": [
      reply({ ...allow, warnings: ["a\nb"] }),
      "warning with a control character is dropped",
    ],
    "a C1 control in a warning": [
      reply({ ...allow, warnings: ["a\u0085b"] }),
      "warning with a control character is dropped",
    ],
    "a long warning": [
      reply({ ...allow, warnings: ["a".repeat(257)] }),
      "warning may be cut to 256 runes",
    ],
    "too many warnings": [
      reply({ ...allow, warnings: Array.from({ length: 20 }, (_, i) => `${i}`.padEnd(250, "x")) }),
      "warnings exceed 4096 runes and are cut",
    ],
    "warnings that are not a list": [reply({ ...allow, warnings: "w" }), "warnings is not a list"],
    "a warning that is not text": [reply({ ...allow, warnings: [1] }), "warning is not a string"],
    "a repeated warning": [reply({ ...allow, warnings: ["a", "a"] }), "warnings repeat"],
    "an annotation key with a slash": [
      reply({ ...allow, auditAnnotations: { "a/b": "c" } }),
      "annotation key a/b is invalid",
    ],
    "an annotation that is not text": [
      reply({ ...allow, auditAnnotations: { a: 1 } }),
      "annotation a is not a string",
    ],
  };
  for (const [name, [rejected, problem]] of Object.entries(wrong)) {
    test(`rejects ${name}`, () => {
      const problems = problemsOf(rejected);
      assert.ok(problems.includes(problem), `${JSON.stringify(problems)} lacks "${problem}"`);
    });
  }
});

describe("API server patch model", () => {
  const applies: [string, unknown, unknown, unknown][] = [
    ["replace of a missing key adds", {}, { op: "replace", path: "/a", value: 1 }, { a: 1 }],
    ["replace at the root", { a: 1 }, { op: "replace", path: "", value: { b: 2 } }, { b: 2 }],
    ["test of a missing key against null", {}, { op: "test", path: "/a", value: null }, {}],
    ["a negative index", { a: [1, 2] }, { op: "remove", path: "/a/-1" }, { a: [1] }],
    ["index 01", { a: [1, 2] }, { op: "replace", path: "/a/01", value: 3 }, { a: [1, 3] }],
    ["add without value adds null", {}, { op: "add", path: "/a" }, { a: null }],
    ["add at the end", { a: [1] }, { op: "add", path: "/a/-", value: 2 }, { a: [1, 2] }],
    ["escaped keys", {}, { op: "add", path: "/a~1b~0c", value: 1 }, { "a/b~c": 1 }],
    ["move", { a: 1 }, { op: "move", from: "/a", path: "/b" }, { b: 1 }],
    ["copy", { a: { c: 1 } }, { op: "copy", from: "/a", path: "/b" }, { a: { c: 1 }, b: { c: 1 } }],
  ];
  for (const [name, document, operation, expected] of applies) {
    test(`applies ${name}`, () => {
      assert.deepEqual(applyAsApiServer(document, [operation]), expected);
    });
  }

  const fails: [string, unknown, unknown[]][] = [
    ["replace of a missing index", { a: [] }, [{ op: "replace", path: "/a/0", value: 1 }]],
    ["remove of a missing key", {}, [{ op: "remove", path: "/a" }]],
    ["add beyond the end", { a: [] }, [{ op: "add", path: "/a/1", value: 1 }]],
    ["add under a missing parent", {}, [{ op: "add", path: "/a/b", value: 1 }]],
    ["add under a null parent", { a: null }, [{ op: "add", path: "/a/b", value: 1 }]],
    ["add under text", { a: "x" }, [{ op: "add", path: "/a/b", value: 1 }]],
    ["add at the root", {}, [{ op: "add", path: "", value: {} }]],
    ["an unescaped slash in a key", { l: {} }, [{ op: "add", path: "/l/a.io/b", value: "" }]],
    ["an unknown operation", {}, [{ op: "merge", path: "/a", value: 1 }]],
    [
      "add below a null that the same patch added",
      {},
      [
        { op: "add", path: "/a", value: null },
        { op: "add", path: "/a/b", value: 1 },
      ],
    ],
  ];
  for (const [name, document, operations] of fails) {
    test(`refuses ${name}`, () => {
      assert.throws(() => applyAsApiServer(document, operations), PatchError);
    });
  }

  test("keeps a __proto__ key an ordinary one", () => {
    const patched = applyAsApiServer({}, [
      { op: "add", path: "/__proto__", value: { polluted: 1 } },
    ]);
    assert.deepEqual(Object.keys(patched as object), ["__proto__"]);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});
