import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { GuardTally, writesOf } from "../availability/support/guard-tally.ts";
import { startLoad, storedLoad } from "../availability/support/steady-load.ts";
import { seconds } from "../availability/support/watching.ts";
import { assertNoFaultyAnswer, total } from "../support/counters.ts";
import { GUIDE } from "../support/manifests.ts";
import { Platform } from "../support/platform.ts";

/** Each takes 19 s with the shortest life that there is; 30 make ten minutes. */
const ROTATIONS = Number(process.env["TEST_LEAF_ROTATIONS"] ?? 4);

let platform: Platform;
let tally: GuardTally;

before(async () => {
  const args = ["--leaf-life", "30s"];
  platform = await Platform.start({ replicas: 2, controllerManager: false, args });
  tally = new GuardTally(() => platform.installation.guards);
});

after(async () => {
  await tally?.stop();
  await platform?.stop();
});

test(`no create fails or goes unmutated through ${ROTATIONS} renewals of the leaf`, async (t) => {
  const { cluster, installation } = platform;
  const renewals = () => writesOf(installation.guards, "leaf renewed");
  const [since, before] = [performance.now(), renewals()];
  const load = startLoad([cluster.request], 20);
  await eventually(async () => renewals() - before >= ROTATIONS, ROTATIONS * 60_000);
  const { created, failures } = await load.stop();
  t.diagnostic(
    `${renewals() - before} renewals in ${seconds(since)}, ${created} created, ${failures.length} failed`,
  );
  assert.deepEqual(failures, []);
  await tally.stop();
  const page = await cluster.metrics();
  assertNoFaultyAnswer(page);
  assert(total(page, "apiserver_admission_webhook_request_total") >= 2 * created);
  assert.equal(tally.total("keymate_guard_internal_errors_total"), 0);
  const stored = await storedLoad(cluster.request);
  assert.equal(stored.length, created);
  for (const { metadata, spec } of stored) {
    for (const { resources } of spec.template.spec.containers) {
      assert.deepEqual(resources, GUIDE, metadata.name);
    }
  }
});
