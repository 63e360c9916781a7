import assert from "node:assert/strict";
import { AdmissionHandler } from "../../src/adapters/http/admission-handler.ts";
import { decodeReview } from "../../src/adapters/http/admission-review.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { createAdmit } from "../../src/usecases/admit.ts";
import { ADMISSION_PATHS } from "../../src/usecases/ports/admission.ts";
import { policyWith } from "../support/policy.ts";
import { problemsOf } from "../support/response-checker.ts";
import { WORDS } from "./dictionary.ts";
import type { Target } from "./target.ts";

const NOW = Date.UTC(2026, 10, 23);
let faults: unknown[] = [];
const logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (fields: object) => void faults.push(fields),
};
const nothing = () => {};
export const admit = createAdmit({
  policy: () => policyWith(),
  cluster: new StaticView([]),
  clock: { now: () => NOW },
  logger,
});
const handlers = ADMISSION_PATHS.map((path) => ({
  path,
  handler: new AdmissionHandler(path, {
    admit,
    logger,
    metrics: { admission: nothing, finding: nothing, internalError: nothing, refused: nothing },
    monotonic: () => 0,
    clock: { now: () => NOW, sleep: () => new Promise(nothing) },
    timeoutMs: 5_000,
  }),
}));

/** Any bytes as the body of a review, on every path: a 4xx, or an answer that the API server takes. */
export const target: Target = {
  dictionary: WORDS,
  run(input) {
    faults = [];
    const decoded = decodeReview(input);
    if ("error" in decoded) {
      assert.equal(Math.floor(decoded.error.status / 100), 4);
      return;
    }
    const { request } = decoded;
    for (const { path, handler } of handlers) {
      const rawBody = handler.answer(request, `${path}?timeout=5s`, 0);
      assert.ok(typeof rawBody === "string");
      const problems = problemsOf({
        httpStatus: 200,
        headers: { "content-type": "application/json" },
        rawBody,
        endpoint: path === "/mutate" ? "mutating" : "validating",
        request: { uid: request.uid, operation: request.operation, object: request.object },
      });
      assert.deepEqual(problems, []);
    }
    assert.deepEqual(faults, [], "no fault of the guard");
    assert.deepEqual(Object.keys(Object.prototype), []);
  },
};
