import assert from "node:assert/strict";
import { type Guard, startGuard } from "../adapters/http/guard.ts";
import { admit } from "./admission.ts";
import { WORDS } from "./dictionary.ts";
import type { Target } from "./target.ts";

const started: Promise<Guard> = startGuard({ admit });
const PATHS = ["/mutate", "/validate", "/validate/fail"];
let turn = 0;

/** The same through TLS, HTTP and the body reader. */
export const target: Target = {
  dictionary: WORDS,
  async run(input) {
    const guard = await started;
    const { status } = await guard.send(PATHS[turn++ % 3] ?? "", input);
    assert.ok(status === 200 || Math.floor(status / 100) === 4, `status ${status}`);
  },
};
