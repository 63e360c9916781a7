import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { namespace, workload } from "../support/manifests.ts";
import { Platform, refusal } from "../support/platform.ts";

let platform: Platform;

before(async () => {
  platform = await Platform.start({ controllerManager: false, args: ["--drain", "4s"] });
});

after(() => platform?.stop());

test("a guard that drains still learns of changes: a namespace made after SIGTERM has its layer", async (t) => {
  const { guard } = platform;
  const stopped = guard.stop("SIGTERM");
  await eventually(async () => (await guard.ops("/readyz")).status === 503);
  let judged = 0;
  for (let n = 0; n < 5; n += 1) {
    await platform.applied(namespace(`late-${n}`, "data"));
    const late = workload("StatefulSet", `late-${n}/db`, { component: "relational-database" });
    const message = refusal(await platform.send("create", late, "--dry-run=server"));
    assert.match(message, /res-limits-required/);
    judged += 1;
  }
  assert(guard.running(), "all of that while it drained");
  t.diagnostic(`${judged} of 5 judged by their layer`);
  assert.equal(await stopped, 0);
});
