import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { encodeResponse } from "../../../src/adapters/http/admission-response.ts";
import type { Decision } from "../../../src/engine/decision.ts";
import { assertAcceptedByApiServer } from "../../support/response-checker.ts";
import { ALLOW, DENY, reviewRequest } from "./guard.ts";

const request = reviewRequest();

function encode(decision: Decision): Record<string, unknown> {
  const rawBody = encodeResponse(request.uid, decision);
  assertAcceptedByApiServer({
    httpStatus: 200,
    headers: { "content-type": "application/json" },
    rawBody,
    endpoint: decision.patch === undefined ? "validating" : "mutating",
    request,
  });
  return (JSON.parse(rawBody) as { response: Record<string, unknown> }).response;
}

const warnings = (...list: string[]) =>
  encode({ ...ALLOW, warnings: list })["warnings"] as string[];

describe("encodeResponse", () => {
  test("makes a warning of several lines one line", () => {
    assert.deepEqual(warnings("a\r\nb\tc\u0000d\u0085e\u2028f\u202eg"), ["a b c d e f g"]);
  });

  test("makes lone surrogates well-formed", () => {
    assert.deepEqual(warnings("a\ud800b"), ["a\ufffdb"]);
  });

  test("cuts a warning of 100 KiB, at no half of a character", () => {
    for (const pad of ["", "x"]) {
      const [cut = ""] = warnings(pad + "😀".repeat(50_000));
      assert.ok(cut.length <= 256 && cut.endsWith("😀…"));
    }
  });

  test("keeps twenty warnings and counts the rest", () => {
    const many = Array.from({ length: 25 }, (_, i) => `warning ${i}`);
    const kept = warnings(...many);
    assert.deepEqual(kept, [...many.slice(0, 19), "and 6 more warnings"]);
    assert.equal(warnings(...many.slice(0, 20)).length, 20);
  });

  test("keeps what the API server passes on whole", () => {
    const kept = warnings(...Array.from({ length: 20 }, (_, i) => `${i} ${"x".repeat(300)}`));
    assert.ok(kept.join("").length <= 4_096);
    assert.match(kept.at(-1) ?? "", /^and \d+ more warnings$/);
  });

  test("drops empty and repeated warnings", () => {
    assert.deepEqual(warnings("a", "\n", "", "a", "a\n"), ["a"]);
  });

  test("keeps the lines of a message, and only those", () => {
    const { status } = encode({ ...DENY, message: "one\ntwo\u0007\rthree" });
    assert.equal((status as { message: string }).message, "one\ntwo three");
  });

  test("bounds a message of a megabyte", () => {
    const { status } = encode({ ...DENY, message: "\u0001é\n".repeat(1024 * 1024) });
    assert.ok((status as { message: string }).message.length <= 64 * 1024);
  });

  test("denies with words of its own when there is no message", () => {
    const { message: _, ...silent } = DENY;
    const { status } = encode(silent);
    assert.equal((status as { message: string }).message, "denied by keymate-guard");
  });

  test("leaves out annotations whose key the API server would lose", () => {
    const { auditAnnotations } = encode({
      ...ALLOW,
      annotations: { findings: "x", "a/b": "y", "": "z", ["k".repeat(64)]: "z", "-a": "z" },
    });
    assert.deepEqual(auditAnnotations, { findings: "x" });
  });

  test("stays below 1 MiB whatever the texts", () => {
    const long = "\ud800".repeat(1024 * 1024);
    encode({
      ...DENY,
      message: long,
      warnings: [long, long],
      annotations: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, long])),
    });
  });

  test("is accepted for any texts", () => {
    const text = fc.string({ unit: "binary", maxLength: 400 });
    const decision = fc.record({
      allowed: fc.boolean(),
      message: text,
      warnings: fc.array(text, { maxLength: 40 }),
      annotations: fc.dictionary(text, text),
    });
    fc.assert(
      fc.property(decision, (texts) => {
        encode({ ...ALLOW, ...texts });
      }),
    );
  });
});
