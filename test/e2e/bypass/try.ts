import assert from "node:assert/strict";
import type { KubectlResult } from "../../cluster/kubectl.ts";
import { refusedBy } from "../practices/support.ts";
import { warningsOf } from "../support/platform.ts";
import type { Site } from "./site.ts";

/** What a try comes to; the page and the test are made from the same words. */
export type Outcome =
  /** The guard says no, by these rules at least. */
  | { readonly by: "guard"; readonly rules: readonly string[] }
  /** The API server says no by itself, in these words. */
  | { readonly by: "api-server"; readonly says: RegExp }
  /** RBAC says no. */
  | { readonly by: "rbac" }
  /** The request is taken and nothing comes of it; `verify` shows it. */
  | { readonly by: "no-effect" }
  /** It gets through, with these warnings at least. */
  | { readonly by: "nobody"; readonly warns?: readonly string[] };

export interface Try {
  readonly id: string;
  /** The try, as somebody who wants it would put it. */
  readonly what: string;
  readonly outcome: Outcome;
  /** Why it ends like that; where it gets through, also what shows it. */
  readonly how: string;
  readonly run: (site: Site) => Promise<KubectlResult>;
  /** Looks at what is stored afterwards. */
  readonly verify?: (site: Site, result: KubectlResult) => Promise<void>;
}

export interface Group {
  readonly title: string;
  readonly tries: readonly Try[];
}

export function guard(...rules: readonly string[]): Outcome {
  return { by: "guard", rules };
}

export function apiServer(says: RegExp): Outcome {
  return { by: "api-server", says };
}

export const RBAC: Outcome = { by: "rbac" };
export const NO_EFFECT: Outcome = { by: "no-effect" };

export function through(...warns: readonly string[]): Outcome {
  return { by: "nobody", warns };
}

export function testName({ id, what }: Try): string {
  return `${id}: ${what}`;
}

export async function perform(site: Site, one: Try): Promise<void> {
  const result = await one.run(site);
  assertOutcome(one.outcome, result);
  await one.verify?.(site, result);
}

function assertOutcome(outcome: Outcome, result: KubectlResult): void {
  const said = `${result.stdout}${result.stderr}`;
  switch (outcome.by) {
    case "guard": {
      const refusing = refusedBy(result);
      for (const rule of outcome.rules) assert.ok(refusing.includes(rule), said);
      return;
    }
    case "api-server":
      assert.notEqual(result.code, 0, said);
      assert.doesNotMatch(result.stderr, /admission webhook/);
      assert.match(result.stderr, outcome.says);
      return;
    case "rbac":
      assert.notEqual(result.code, 0, said);
      assert.match(result.stderr, /User "[^"]+" cannot /);
      return;
    default: {
      assert.equal(result.code, 0, said);
      const warnings = warningsOf(result).join("\n");
      const wanted = outcome.by === "nobody" ? (outcome.warns ?? []) : [];
      for (const rule of wanted) assert.ok(warnings.includes(`[${rule}]`), said);
    }
  }
}
