import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodeReview } from "../../../src/adapters/http/admission-review.ts";
import { review, reviewRequest } from "./guard.ts";

function decode(overrides: Record<string, unknown>) {
  return decodeReview(Buffer.from(review(overrides)));
}

describe("decodeReview", () => {
  test("gives the parts of a request", () => {
    const { object, kind, resource, uid } = reviewRequest();
    assert.deepEqual(decode({ subResource: "scale" }), {
      request: {
        uid,
        kind,
        resource,
        subResource: "scale",
        name: "b",
        namespace: "a",
        operation: "CREATE",
        user: { username: "alice", groups: ["devs"] },
        object,
        oldObject: undefined,
        dryRun: false,
      },
    });
  });

  test("takes what Go leaves out, or sends as null, as empty", () => {
    const decoded = decode({
      name: undefined,
      namespace: null,
      userInfo: {},
      object: null,
      dryRun: null,
    });
    assert.ok("request" in decoded);
    const { name, namespace, user, object, dryRun, subResource } = decoded.request;
    assert.deepEqual(
      [name, namespace, subResource, object, dryRun],
      ["", "", "", undefined, false],
    );
    assert.deepEqual(user, { username: "", groups: [] });
  });

  const malformed: [string, Record<string, unknown>][] = [
    ["request.uid is missing", { uid: "" }],
    ["request.uid is not a string", { uid: 7 }],
    ["request.uid is too long", { uid: "u".repeat(254) }],
    ["request.kind is not an object", { kind: "Pod" }],
    ["request.kind.kind is missing", { kind: { group: "", version: "v1" } }],
    ["request.kind.group is not a string", { kind: { group: 1, version: "v1", kind: "Pod" } }],
    ["request.resource is not an object", { resource: null }],
    ["request.resource.resource is missing", { resource: { version: "v1" } }],
    ["request.subResource is not a string", { subResource: {} }],
    ["request.name is not a string", { name: 1 }],
    ["request.namespace is not a string", { namespace: [] }],
    ["request.operation is not CREATE, UPDATE, DELETE or CONNECT", { operation: "PATCH" }],
    ["request.userInfo is not an object", { userInfo: undefined }],
    ["request.userInfo.username is not a string", { userInfo: { username: 1 } }],
    ["request.userInfo.groups is not a list of strings", { userInfo: { groups: [1] } }],
    ["request.userInfo.groups is not a list of strings", { userInfo: { groups: {} } }],
    ["request.object is not an object", { object: [] }],
    ["request.oldObject is not an object", { oldObject: "x" }],
    ["request.dryRun is not a boolean", { dryRun: "true" }],
  ];
  for (const [message, overrides] of malformed) {
    test(`refuses a review where ${message}: ${JSON.stringify(overrides)}`, () => {
      const error = { status: 400, code: "not-an-admission-review", message };
      assert.deepEqual(decode(overrides), { error });
    });
  }

  test("reads own properties only, when the envelope is hidden behind __proto__", () => {
    const decoded = decodeReview(Buffer.from(`{"__proto__":${review()}}`));
    assert.ok("error" in decoded);
  });

  test("never repeats what was sent, in any message", () => {
    for (const body of ["hunter2", '{"kind":"hunter2"}', review({ operation: "hunter2" })]) {
      assert.doesNotMatch(JSON.stringify(decodeReview(Buffer.from(body))), /hunter2/);
    }
  });

  test("answers any bytes with a request or a 400", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decodeReview(Buffer.from(bytes));
        return "error" in decoded && decoded.error.status === 400;
      }),
    );
  });

  test("answers any JSON in any place of a request with a request or a 400", () => {
    const key = fc.constantFrom(...Object.keys(reviewRequest()), "subResource", "__proto__");
    fc.assert(
      fc.property(key, fc.jsonValue(), (name, value) => {
        const decoded = decode({ [name]: value });
        return "request" in decoded || decoded.error.status === 400;
      }),
    );
  });

  test("answers a damaged review with a request or a 400", () => {
    const sound = Buffer.from(review());
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(sound);
        damaged[at] = byte;
        const decoded = decodeReview(damaged);
        return "request" in decoded || decoded.error.status === 400;
      }),
    );
  });
});
