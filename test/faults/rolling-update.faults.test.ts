import { after, before, test } from "node:test";
import { GuardTally } from "../e2e/availability/support/guard-tally.ts";
import { seconds } from "../e2e/availability/support/watching.ts";
import { Platform } from "../e2e/support/platform.ts";
import { inWords, startCreates } from "./support/creates.ts";
import { Fleet, untilFail } from "./support/fleet.ts";
import { assertFlawless, assertStoredMutated } from "./support/oracles.ts";
import { RATE } from "./support/parameters.ts";

let platform: Platform;
let tally: GuardTally;

before(async () => {
  const args = ["--drain", "10s"];
  platform = await Platform.start({ replicas: 2, controllerManager: false, args });
  tally = new GuardTally(() => platform.installation.guards);
});

after(async () => {
  await tally?.stop();
  await platform?.stop();
});

test("row 1: five rolling updates under load with failurePolicy Fail: 0 failed, 0 unmutated", async (t) => {
  await untilFail(platform);
  const fleet = new Fleet(platform);
  const since = performance.now();
  const load = startCreates([platform.cluster.request], RATE);
  for (let n = 0; n < 5; n += 1) await fleet.rollingUpdate();
  await fleet.drained();
  const creates = await load.stop();
  t.diagnostic(`5 rolling updates of 2 replicas in ${seconds(since)}; ${inWords(creates)}`);
  await tally.stop();
  t.diagnostic(await assertFlawless(creates, [await platform.cluster.metrics()], tally));
  t.diagnostic(await assertStoredMutated(platform.cluster.request, creates.created));
});
