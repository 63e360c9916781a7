import { after, before, test } from "node:test";
import { assertNoFaultyAnswer, assertNoInternalError } from "../support/counters.ts";
import { Platform } from "../support/platform.ts";
import { backup } from "./backup.ts";
import { highAvailability } from "./high-availability.ts";
import { monitoring } from "./monitoring.ts";
import { namespaces, SCRATCH_OVERRIDE } from "./namespaces.ts";
import { network } from "./network.ts";
import { resources } from "./resources.ts";
import { secrets } from "./secrets.ts";
import { applyCrds } from "./support.ts";

let installed: Platform;

before(async () => {
  installed = await Platform.start({
    before: applyCrds,
    policy: { overrides: [SCRATCH_OVERRIDE] },
  });
});

after(() => installed?.stop());

/** Each practice once with kubectl: what is refused, what is only warned of, what passes. */
for (const practice of [
  highAvailability,
  resources,
  monitoring,
  backup,
  namespaces,
  secrets,
  network,
]) {
  practice(() => installed);
}

test("the API server met no faulty answer, the guard no fault of its own", async () => {
  assertNoFaultyAnswer(await installed.cluster.metrics());
  await assertNoInternalError(installed.guard);
});
