import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Decision } from "../../../src/engine/decision.ts";
import type { AdmissionRequest } from "../../../src/usecases/ports/admission.ts";
import type { Answer } from "../../support/https-post.ts";
import { assertAcceptedByApiServer, type WebhookReply } from "../../support/response-checker.ts";
import {
  ALLOW,
  DENY,
  errorCode,
  type Guard,
  responseOf,
  review,
  reviewRequest,
  startGuard,
} from "./guard.ts";

function asWebhookReply(path: string, reply: Answer, overrides = {}): WebhookReply {
  return {
    httpStatus: reply.status,
    headers: reply.headers,
    rawBody: reply.body,
    endpoint: path === "/mutate" ? "mutating" : "validating",
    request: reviewRequest(overrides),
  };
}

async function decided(decision: Decision, path = "/validate", overrides = {}) {
  await using guard = await startGuard({ admit: () => decision });
  const reply = await guard.send(`${path}?timeout=5s`, review(overrides));
  assertAcceptedByApiServer(asWebhookReply(path, reply, overrides));
  return { response: responseOf(reply), recorded: guard.recorded, lines: guard.lines };
}

const PATCH = [{ op: "add", path: "/metadata/labels", value: { a: "b" } }] as const;

describe("admission routes", () => {
  for (const path of ["/mutate", "/validate", "/validate/fail"]) {
    test(`${path} answers an allow in the API server's terms`, async () => {
      const { response } = await decided(ALLOW, path);
      assert.deepEqual(response, { uid: reviewRequest().uid, allowed: true });
    });
  }

  test("/probe names the replica, judges nothing, counts nothing and closes its connection", async () => {
    await using guard = await startGuard({ admit: () => assert.fail("judged") });
    const reply = await guard.send("/probe?timeout=5s", review());
    assertAcceptedByApiServer(asWebhookReply("/probe", reply));
    assert.deepEqual(responseOf(reply), {
      uid: reviewRequest().uid,
      allowed: true,
      warnings: ["keymate-guard probe answered by r1"],
    });
    assert.equal(reply.headers["connection"], "close");
    assert.deepEqual(guard.recorded.admissions, []);
  });

  test("/probe refuses what is no review as every path does", async () => {
    await using guard = await startGuard();
    assert.equal((await guard.send("/probe", "{}")).status, 400);
  });

  test("a denial carries code, reason, message and warnings", async () => {
    const { response } = await decided({ ...DENY, warnings: ["[b] careful"] });
    assert.deepEqual(response, {
      uid: reviewRequest().uid,
      allowed: false,
      status: { status: "Failure", message: DENY.message, reason: "Forbidden", code: 403 },
      warnings: ["[b] careful"],
    });
  });

  test("a patch is sent with its type from /mutate", async () => {
    const { response } = await decided({ ...ALLOW, outcome: "patched", patch: PATCH }, "/mutate");
    assert.equal(response["patchType"], "JSONPatch");
    const patch = Buffer.from(String(response["patch"]), "base64").toString("utf8");
    assert.deepEqual(JSON.parse(patch), PATCH);
  });

  for (const path of ["/validate", "/validate/fail"]) {
    test(`a patch from ${path} is dropped and counted`, async () => {
      const { recorded } = await decided({ ...DENY, patch: PATCH }, path);
      assert.deepEqual(recorded.admissions[0]?.decision.faults, ["response"]);
      assert.equal(recorded.admissions[0]?.decision.allowed, false);
    });
  }

  test("a patch on DELETE is dropped and counted", async () => {
    const { recorded } = await decided({ ...ALLOW, patch: PATCH }, "/mutate", {
      operation: "DELETE",
      object: null,
      oldObject: { metadata: {} },
    });
    assert.deepEqual(recorded.admissions[0]?.decision.faults, ["response"]);
  });

  test("a patch beside a denial, or without operations, is left out", async () => {
    const denied = await decided({ ...DENY, patch: PATCH }, "/mutate");
    assert.equal(denied.response["patch"], undefined);
    const empty = await decided({ ...ALLOW, patch: [] }, "/mutate");
    assert.equal(empty.response["patchType"], undefined);
  });

  test("a patch of a megabyte is not sent, and the answer says why", async () => {
    const patch = [
      { op: "add", path: "/metadata/labels", value: "x".repeat(1024 * 1024) },
    ] as const;
    const { response, recorded } = await decided({ ...ALLOW, patch }, "/mutate");
    assert.equal(response["allowed"], true);
    assert.equal(response["patch"], undefined);
    assert.deepEqual(response["warnings"], [
      "keymate-guard itself failed (what it would add is too large for one answer): nothing was added",
    ]);
    assert.deepEqual(recorded.admissions[0]?.decision.faults, ["size"]);
  });

  test("the request reaches admit with its objects as they were sent", async () => {
    const seen: AdmissionRequest[] = [];
    await using guard = await startGuard({
      admit: (request) => {
        seen.push(request);
        return ALLOW;
      },
    });
    const object = '{"metadata":{},"data":{"__proto__":{"a":1},"constructor":{},"":"x"}}';
    const body = review({ dryRun: true, name: null, operation: "CONNECT" });
    await guard.send("/validate", body.replace('"object":{', `"x":1,"object":${object},"y":{`));
    const [request] = seen;
    const data = request?.object?.["data"] as object;
    assert.deepEqual(Object.keys(data), ["__proto__", "constructor", ""]);
    assert.equal(({} as Record<string, unknown>)["a"], undefined);
    const { dryRun, name, operation, oldObject } = request as AdmissionRequest;
    assert.deepEqual([dryRun, name, operation, oldObject], [true, "", "CONNECT", undefined]);
  });

  test("a decision leaves exactly one log line, without the object", async () => {
    const { lines } = await decided({ ...DENY, message: "secret in the message" }, "/validate", {
      object: { metadata: { name: "b" }, stringData: { password: "hunter2" } },
    });
    assert.equal(lines.length, 1);
    const { level, message, fields } = lines[0] ?? assert.fail();
    assert.deepEqual([level, message], ["info", "review decided"]);
    assert.deepEqual(
      { ...fields, ms: 0 },
      {
        uid: reviewRequest().uid,
        path: "/validate",
        operation: "CREATE",
        kind: "Pod",
        namespace: "a",
        name: "b",
        user: "alice",
        outcome: "denied",
        rules: ["res"],
        ms: 0,
        dryRun: false,
      },
    );
  });

  test("plain allows are logged at debug, generated names as x-*", async () => {
    const { lines } = await decided(ALLOW, "/validate", {
      name: "",
      object: { metadata: { generateName: "x-" } },
    });
    assert.equal(lines[0]?.level, "debug");
    assert.equal(lines[0]?.fields["name"], "x-*");
  });
});

describe("admission port", () => {
  const refusals: [string, (guard: Guard) => Promise<Answer>, number, string][] = [
    ["another path", (g) => g.send("/", review()), 404, "not-found"],
    ["another path with text", (g) => g.send("/x", "x", text), 404, "not-found"],
    ["a trailing slash", (g) => g.send("/mutate/", review()), 404, "not-found"],
    ["a broken path", (g) => g.send("/%zz", review()), 404, "not-found"],
    ["GET", (g) => g.send("/mutate?timeout=1s", "", { method: "GET" }), 405, "method-not-allowed"],
    ["PUT", (g) => g.send("/validate", review(), { method: "PUT" }), 405, "method-not-allowed"],
    ["text", (g) => g.send("/validate", review(), text), 415, "unsupported-media-type"],
    ["no type", (g) => g.send("/validate", review(), type("")), 415, "unsupported-media-type"],
    ["gzip", (g) => g.send("/validate", gzipSync(review()), gzip), 415, "unsupported-media-type"],
    ["gzip in disguise", (g) => g.send("/validate", gzipSync(review())), 400, "invalid-utf8"],
    ["an empty body", (g) => g.send("/validate", ""), 400, "empty-body"],
    [
      "bad UTF-8",
      (g) => g.send("/validate", Buffer.from([0x22, 0xc3, 0x28, 0x22])),
      400,
      "invalid-utf8",
    ],
    ["no JSON", (g) => g.send("/validate", "{"), 400, "invalid-json"],
    ["two reviews", (g) => g.send("/validate", review() + review()), 400, "invalid-json"],
    ["an array", (g) => g.send("/validate", `[${review()}]`), 400, "not-an-admission-review"],
    ["null", (g) => g.send("/validate", "null"), 400, "not-an-admission-review"],
    [
      "v1beta1",
      (g) => g.send("/validate", review().replace("io/v1", "io/v1beta1")),
      400,
      "not-an-admission-review",
    ],
    [
      "no uid",
      (g) => g.send("/validate", review({ uid: undefined })),
      400,
      "not-an-admission-review",
    ],
    ["100,000 levels", (g) => g.send("/validate", nested(100_000)), 400, "too-deep"],
  ];
  const text = type("text/plain");
  const gzip = { headers: { "content-encoding": "gzip" } };
  for (const [name, call, status, code] of refusals) {
    test(`answers ${name} with ${status} in the error shape`, async () => {
      await using guard = await startGuard();
      const reply = await call(guard);
      assert.deepEqual([reply.status, errorCode(reply)], [status, code]);
      assert.equal(reply.headers["content-type"], "application/json");
      assert.deepEqual(guard.recorded.refused, [status]);
      const next = await guard.send("/validate", review());
      assert.equal(next.status, 200);
    });
  }

  test("names the method that is allowed", async () => {
    await using guard = await startGuard();
    const reply = await guard.send("/validate", review(), { method: "PATCH" });
    assert.equal(reply.headers["allow"], "POST");
  });

  test("decides on an object that nests 9,990 levels", async () => {
    await using guard = await startGuard();
    const reply = await guard.send("/validate", nested(9_990));
    assert.equal(responseOf(reply)["allowed"], true);
  });

  test("accepts application/json with a charset", async () => {
    await using guard = await startGuard();
    const reply = await guard.send("/validate", review(), type("application/json; charset=utf-8"));
    assert.equal(reply.status, 200);
  });
});

function type(contentType: string) {
  return { headers: { "content-type": contentType } };
}

function nested(depth: number): string {
  const value = "[".repeat(depth) + "]".repeat(depth);
  return review().replace('"object":{', `"object":{"deep":${value},`);
}
