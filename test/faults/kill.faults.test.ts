import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { GuardTally } from "../e2e/availability/support/guard-tally.ts";
import { Platform } from "../e2e/support/platform.ts";
import { type CallError, callErrorsIn } from "./support/call-errors.ts";
import { inWords, startCreates } from "./support/creates.ts";
import { Fleet, untilFail } from "./support/fleet.ts";
import { assertStoredMutated, countsOf } from "./support/oracles.ts";
import { RATE } from "./support/parameters.ts";

const KILLS = 20;
const RECOVERY_MS = 3_000;
/** From the end of a container to the change of its endpoints, as the kubelet reports it at once. */
const ENDPOINT_LAG_MS = 1_000;

interface Kill {
  readonly at: number;
  /** Calls that the killed one can have taken: one for each connection, and for each dial since. */
  readonly exposed: number;
}

let platform: Platform;
let tally: GuardTally;

before(async () => {
  platform = await Platform.start({ replicas: 3, controllerManager: false });
  tally = new GuardTally(() => platform.installation.guards);
});

after(async () => {
  await tally?.stop();
  await platform?.stop();
});

async function killOne(fleet: Fleet): Promise<Kill> {
  const { forwarder } = platform.installation;
  const [oldest] = fleet.serving;
  assert(oldest);
  const dialled = forwarder.dials().get(oldest.port) ?? 0;
  const connections = forwarder.connections(oldest.port);
  const at = Date.now();
  await fleet.kill(oldest, ENDPOINT_LAG_MS);
  await sleep(RECOVERY_MS);
  const redialled = (forwarder.dials().get(oldest.port) ?? 0) - dialled;
  return { at, exposed: connections + redialled };
}

/** Of each kill the calls that failed between it and the next one. */
function errorsOf(kills: readonly Kill[], errors: readonly CallError[]): CallError[][] {
  return kills.map(({ at }, index) => {
    const next = kills[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return errors.filter((error) => error.at >= at && error.at < next);
  });
}

async function killTwenty(fleet: Fleet): Promise<Kill[]> {
  const kills: Kill[] = [];
  for (let n = 0; n < KILLS; n += 1) {
    kills.push(await killOne(fleet));
    await fleet.replace();
  }
  return kills;
}

test("row 2: SIGKILL of one of three replicas, twenty times under load, fails only calls on it and for 3 s at most", async (t) => {
  await untilFail(platform);
  const { apiServer } = platform.cluster;
  const load = startCreates([platform.cluster.request], RATE);
  await sleep(2_000);
  const kills = await killTwenty(new Fleet(platform));
  const creates = await load.stop();
  await tally.stop();
  const errors = callErrorsIn(apiServer.process.log());
  const late = errors.filter(({ isTimeout }) => isTimeout);
  const byKill = errorsOf(
    kills,
    errors.filter(({ isTimeout }) => !isTimeout),
  );
  const recoveries = byKill.map((own, index) =>
    Math.max(0, ...own.map(({ at }) => at - (kills[index]?.at ?? 0))),
  );
  const worst = Math.max(...recoveries);
  const counts = countsOf([await platform.cluster.metrics()]);
  t.diagnostic(`${kills.length} kills; ${inWords(creates)}`);
  t.diagnostic(
    `calls that met a dead replica, by kill: ${byKill.map(({ length }) => length).join(" ")}; ` +
      `the last ${(worst / 1000).toFixed(1)} s after its kill; ${late.length} calls timed out`,
  );
  t.diagnostic(
    `the API server counted ${counts.callErrors} calls refused and ${counts.failedOpen} passed over`,
  );

  assert.deepEqual(
    late.slice(0, 3),
    [],
    "calls that timed out: the rate is more than this machine bears",
  );
  byKill.forEach((own, index) => {
    const { exposed = 0 } = kills[index] ?? {};
    assert(
      own.length <= exposed,
      `kill ${index}: ${own.length} of ${exposed} exposed calls failed`,
    );
  });
  assert.equal(byKill.flat().length, errors.length, "no call failed before the first kill");
  assert(worst <= RECOVERY_MS, `a call failed ${worst} ms after a kill`);
  // An addition that was passed over costs no more than the refusal by the decision.
  assert.equal(counts.callErrors + counts.failedOpen, errors.length, counts.faults.join("\n"));
  assert(creates.failures.length <= errors.length, "each failure has a failed call");
  assert.deepEqual(creates.unmutated, []);
  assert.equal(tally.total("keymate_guard_internal_errors_total"), 0);
  t.diagnostic(await assertStoredMutated(platform.cluster.request, creates.created));
});
