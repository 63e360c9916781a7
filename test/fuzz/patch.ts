import assert from "node:assert/strict";
import { planMutation } from "../../src/engine/mutate.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { asObject } from "../../src/kubernetes/json.ts";
import { applyAsApiServer } from "../support/api-server-patch.ts";
import { subjectOf } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";
import { WORDS } from "./dictionary.ts";
import type { Target } from "./target.ts";

const environment = {
  policy: policyWith(),
  cluster: new StaticView([]),
  now: Date.UTC(2026, 10, 23),
};

/** Any JSON object: its patch applies as in the API server, and a second one is empty. */
export const target: Target = {
  dictionary: WORDS,
  run(input) {
    const object = asObject(parse(input.toString("utf8")));
    if (object === undefined) return;
    const { patch, fault } = planMutation(environment, subjectOf(object));
    assert.equal(fault, undefined);
    const patched = asObject(applyAsApiServer(object, patch));
    assert.ok(patched !== undefined);
    assert.deepEqual(planMutation(environment, subjectOf(patched)).patch, []);
  },
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
