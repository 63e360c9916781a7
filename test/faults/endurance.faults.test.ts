import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "../cluster/api-server.ts";
import { GuardTally, writesOf } from "../e2e/availability/support/guard-tally.ts";
import { seconds } from "../e2e/availability/support/watching.ts";
import { Platform } from "../e2e/support/platform.ts";
import { callErrorsIn } from "./support/call-errors.ts";
import { inWords, startCreates } from "./support/creates.ts";
import { Fleet, untilFail } from "./support/fleet.ts";
import { assertFlawless, assertStoredMutated } from "./support/oracles.ts";
import { CA_ROTATIONS, LEAF_ROTATIONS, RATE, UPDATES } from "./support/parameters.ts";

/** The shortest that there is; a leaf is renewed after two thirds of it. */
const LEAF_LIFE_S = 30;
const OVERLAP_S = 10;

let platform: Platform;
let second: ApiServer;
let tally: GuardTally;

/** So long that the CA is due as often as asked while the leaves are. */
function caLifeSeconds(): number {
  const renewals = (LEAF_ROTATIONS * LEAF_LIFE_S * 2) / 3;
  return Math.max(4 * LEAF_LIFE_S, Math.floor(((renewals / CA_ROTATIONS) * 3) / 2));
}

before(async () => {
  const args = ["--drain", "10s", "--leaf-life", `${LEAF_LIFE_S}s`];
  args.push("--ca-life", `${caLifeSeconds()}s`, "--ca-overlap", `${OVERLAP_S}s`);
  args.push("--ca-drop", "20s");
  platform = await Platform.start({ replicas: 2, controllerManager: false, args });
  second = await platform.cluster.addApiServer();
  tally = new GuardTally(() => platform.installation.guards);
});

after(async () => {
  await tally?.stop();
  await platform?.stop();
});

/** Leaves that came into service anew, be it from the same CA or from a new one. */
function leafRotations(): number {
  const { guards } = platform.installation;
  return writesOf(guards, "leaf renewed") + caRotations();
}

function caRotations(): number {
  return writesOf(platform.installation.guards, "leaf moved to the new CA");
}

test("endurance: rolling updates, leaf and CA rotations under load with failurePolicy Fail: 0 failed, 0 unmutated", async (t) => {
  await untilFail(platform);
  const fleet = new Fleet(platform);
  const since = performance.now();
  const load = startCreates([platform.cluster.request, second.request], RATE);
  for (let n = 0; n < UPDATES; n += 1) await fleet.rollingUpdate();
  await fleet.drained();
  while (leafRotations() < LEAF_ROTATIONS || caRotations() < CA_ROTATIONS) {
    assert(fleet.serving.every((guard) => guard.running()));
    await sleep(1_000);
  }
  // Time for what the last rotation broke to show.
  await sleep(5_000);
  const creates = await load.stop();
  await tally.stop();
  t.diagnostic(
    `${UPDATES} rolling updates of 2 replicas, ${leafRotations()} leaf rotations and ` +
      `${caRotations()} CA rotations in ${seconds(since)}; ${inWords(creates)}`,
  );
  for (const { process } of [platform.cluster.apiServer, second]) {
    for (const { at, text } of callErrorsIn(process.log()).slice(0, 5)) {
      t.diagnostic(`${new Date(at).toISOString()} ${text.slice(0, 250)}`);
    }
  }
  const pages = [await platform.cluster.metrics(), await second.metrics()];
  t.diagnostic(await assertFlawless(creates, pages, tally));
  t.diagnostic(await assertStoredMutated(platform.cluster.request, creates.created));
});
