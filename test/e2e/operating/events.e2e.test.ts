import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { assertNoInternalError, guardTotal } from "../support/counters.ts";
import { SIZED, workload } from "../support/manifests.ts";
import { Platform, refusal, succeeded } from "../support/platform.ts";

const SPACE = "platform-data";
/** A series is told to the API server 5 s after it grew, then 10 s after, 20 s after. */
const SERIES_MS = 60_000;

let platform: Platform;

before(async () => {
  platform = await Platform.start({ args: ["--events=true"] });
});

after(() => platform?.stop());

interface StoredEvent {
  readonly note: string;
  readonly reason: string;
  readonly regarding: {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
  };
  readonly series?: { readonly count: number };
}

async function events(space: string, about: string): Promise<readonly StoredEvent[]> {
  const all = await platform.list("events.v1.events.k8s.io", space);
  return (all as unknown as StoredEvent[]).filter(
    ({ reason, note }) => reason.startsWith("Guard") && note.includes(about),
  );
}

function unlimited(name: string) {
  return workload("StatefulSet", `${SPACE}/${name}`, { component: "relational-database" });
}

test("a refused creation is told at its namespace, and kubectl shows it", async () => {
  refusal(await platform.send("create", unlimited("one")));
  await eventually(async () => (await events(SPACE, "/one ")).length === 1);
  const [event] = await events(SPACE, "/one ");
  const { metadata } = await platform.get("namespace", `${SPACE}/${SPACE}`);
  assert.deepEqual(event?.regarding, {
    apiVersion: "v1",
    kind: "Namespace",
    name: SPACE,
    namespace: SPACE,
    uid: metadata["uid"],
  });
  assert.match(event?.note ?? "", /^StatefulSet platform-data\/one is refused by policy keymate/);
  assert.match(event?.note ?? "", /\[res-limits-required\]/);
  const shown = await platform.kubectl("get", "events", "-n", SPACE);
  assert.match(shown.stdout, /Warning +GuardDenied +namespace\/platform-data +StatefulSet/);
});

test("200 refusals of one object are one Event with a series that counts them", async (t) => {
  const path = `/apis/apps/v1/namespaces/${SPACE}/statefulsets`;
  for (let n = 0; n < 200; n++) {
    const answer = await platform.cluster.request("POST", path, unlimited("stubborn"));
    assert.equal(answer.status, 403);
  }
  await eventually(async () => {
    const [event] = await events(SPACE, "/stubborn ");
    return event?.series?.count === 200;
  }, SERIES_MS);
  assert.equal((await events(SPACE, "/stubborn ")).length, 1);
  const written = await guardTotal(platform.guard, "keymate_guard_events_total", {
    outcome: "written",
  });
  t.diagnostic(`${written} calls for all Events so far`);
  assert.ok(written < 20);
});

test("a refused scaling is told at the object, where kubectl describe finds it", async () => {
  const name = "gateway";
  const place = `platform-application/${name}`;
  const containers = [{ name, resources: SIZED }];
  await platform.applied(workload("Deployment", place, { component: "api-gateway", containers }));
  const scaled = ["scale", "deployment", name, "-n", "platform-application", "--replicas=0"];
  refusal(await platform.kubectl(...scaled));
  await eventually(async () => (await events("platform-application", place)).length === 1);
  const [event] = await events("platform-application", place);
  const { metadata } = await platform.get("deployment", place);
  assert.equal(event?.regarding.kind, "Deployment");
  assert.equal(event?.regarding.uid, metadata["uid"]);
  const described = await platform.kubectl(
    "describe",
    "deployment",
    name,
    "-n",
    "platform-application",
  );
  assert.match(succeeded(described).stdout, /GuardDenied/);
});

test("a dry run leaves no Event", async () => {
  refusal(await platform.send("create", unlimited("rehearsed"), "--dry-run=server"));
  // Events come in order: once the later one is there, an earlier one would be too.
  refusal(await platform.send("create", unlimited("after")));
  await eventually(async () => (await events(SPACE, "/after ")).length === 1);
  assert.deepEqual(await events(SPACE, "/rehearsed "), []);
});

test("a guard that may not write Events decides as before and only counts", async () => {
  await platform.kubectl(
    "patch",
    "clusterrole",
    "keymate-guard",
    "--type=json",
    "-p",
    JSON.stringify([{ op: "replace", path: "/rules", value: await rulesWithoutEvents() }]),
  );
  const failed = () =>
    guardTotal(platform.guard, "keymate_guard_events_total", { outcome: "failed" });
  let n = 0;
  await eventually(async () => {
    refusal(await platform.send("create", unlimited(`forbidden-${n++}`)));
    return (await failed()) > 0;
  });
  refusal(await platform.send("create", unlimited("still-refused")));
  assert.match(platform.guard.log(), /events cannot be written/);
  await assertNoInternalError(platform.guard);
});

async function rulesWithoutEvents(): Promise<readonly object[]> {
  const role = await platform.kubectl("get", "clusterrole", "keymate-guard", "-o", "json");
  const { rules } = JSON.parse(succeeded(role).stdout) as { rules: { resources: string[] }[] };
  return rules.filter(({ resources }) => !resources.includes("events"));
}
