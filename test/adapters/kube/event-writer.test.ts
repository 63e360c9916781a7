import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiRequest, ApiResponse, Connection } from "../../../src/adapters/kube/api-client.ts";
import { EventWriter } from "../../../src/adapters/kube/event-writer.ts";
import type { EventOutcome, GuardEvent } from "../../../src/usecases/ports/events.ts";
import { FakeClock } from "./fake-clock.ts";
import { memoryLogger, until } from "./support.ts";

const NOTE = "Deployment a/b is refused by policy keymate: 1 finding\n[res-zero] x — fix: y";

function refusal(name: string, rest: Partial<GuardEvent> = {}): GuardEvent {
  const regarding = { apiVersion: "apps/v1", kind: "Deployment", namespace: "a", name };
  return { reason: "GuardDenied", action: "Update", regarding, note: NOTE, ...rest };
}

function inNamespace(namespace: string, note = NOTE): GuardEvent {
  return refusal("b", {
    regarding: { apiVersion: "v1", kind: "Namespace", namespace, name: namespace },
    note,
  });
}

function setup(answer: (request: ApiRequest) => number = () => 201) {
  const requests: ApiRequest[] = [];
  const connection: Connection = {
    server: "https://fake",
    namespace: undefined,
    request: (request): Promise<ApiResponse> => {
      requests.push(request);
      return Promise.resolve({ status: answer(request), headers: {}, body: "{}", bytes: 2 });
    },
    stream: () => Promise.reject(new Error("no watch here")),
    close: () => {},
  };
  const clock = new FakeClock();
  const logger = memoryLogger();
  const counts: Partial<Record<EventOutcome, number>> = {};
  let seed = 0;
  const writer = new EventWriter({
    connection,
    instance: "guard-1",
    clock,
    logger,
    random: () => (seed = (seed + 0.1) % 1),
    count: (_reason, outcome) => {
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    },
  });
  const abort = new AbortController();
  const running = writer.run(abort.signal);
  return {
    requests,
    clock,
    logger,
    counts,
    emit: (event: GuardEvent) => writer.emit(event),
    /** Lets the writer look once more, and again `ms` later. */
    async pass(ms = 30_500) {
      await until(() => clock.pending().length === 1);
      clock.advance(ms);
      await until(() => clock.pending().length === 1);
    },
    bodies: () => requests.map(({ body }) => JSON.parse(body ?? "")),
    async [Symbol.asyncDispose]() {
      abort.abort();
      await running;
    },
  };
}

test("an event writer creates an Event as strict as events.k8s.io/v1 wants it", async () => {
  await using it = setup();
  it.emit(refusal("b", { regarding: { ...refusal("b").regarding, uid: "u-1" } }));
  await it.pass(500);
  const [{ metadata, eventTime, ...event }] = it.bodies();
  assert.equal(it.requests[0]?.path, "/apis/events.k8s.io/v1/namespaces/a/events");
  assert.equal(metadata.namespace, "a");
  assert.match(metadata.name, /^keymate-guard\.[0-9a-f]{16}$/);
  assert.match(eventTime, /^2026-08-01T00:00:00\.000000Z$/);
  assert.deepEqual(event, {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    type: "Warning",
    reason: "GuardDenied",
    action: "Update",
    regarding: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "b",
      namespace: "a",
      uid: "u-1",
    },
    note: NOTE,
    reportingController: "policy.keymate.io/guard",
    reportingInstance: "guard-1",
  });
});

test("an event writer makes one series of 200 times the same, in few calls", async () => {
  await using it = setup();
  it.emit(refusal("b"));
  await it.pass(500);
  for (let n = 1; n < 200; n++) it.emit(refusal("b"));
  await it.pass();
  await it.pass();
  assert.deepEqual(
    it.requests.map(({ method }) => method),
    ["POST", "PATCH"],
  );
  assert.equal(it.bodies()[1].series.count, 200);
  assert.deepEqual(it.counts, { written: 2, merged: 199 });
});

test("an event writer keeps apart what differs in object or in words", async () => {
  await using it = setup();
  it.emit(refusal("b"));
  it.emit(refusal("c"));
  it.emit(refusal("b", { note: "something else" }));
  await it.pass(500);
  assert.equal(it.requests.length, 3);
  assert.equal(new Set(it.bodies().map(({ metadata }) => metadata.name)).size, 3);
});

test("an event writer begins a new Event after six quiet minutes", async () => {
  await using it = setup();
  it.emit(refusal("b"));
  await it.pass(500);
  await it.pass(361_000);
  it.emit(refusal("b"));
  await it.pass(500);
  assert.deepEqual(
    it.requests.map(({ method }) => method),
    ["POST", "POST"],
  );
});

test("an event writer drops what a noisy namespace says beyond 25, and listens to others", async () => {
  await using it = setup();
  for (let n = 0; n < 200; n++) it.emit(inNamespace("noisy", `refused x-${n}`));
  it.emit(inNamespace("calm"));
  assert.equal(it.counts.dropped, 175);
  await it.pass(500);
  assert.equal(it.requests.length, 26);
  assert.match(it.requests.at(-1)?.path ?? "", /calm/);
});

test("an event writer stays bounded whatever comes from wherever", async () => {
  await using it = setup();
  for (let n = 0; n < 5_000; n++) it.emit(inNamespace(`n-${n}`));
  assert.equal(it.counts.dropped, 4_900);
});

test("an event writer that fails counts it, says it once, rests, and goes on later", async () => {
  let status = 403;
  await using it = setup(() => status);
  it.emit(refusal("b"));
  await it.pass(500);
  it.emit(refusal("b"));
  await it.pass();
  assert.deepEqual(it.counts, { failed: 2 });
  const warnings = it.logger.lines.filter(({ level }) => level === "warn");
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]?.fields["problem"]), /permission "create or patch" on events/);
  status = 201;
  it.emit(refusal("b"));
  await it.pass();
  assert.deepEqual(it.counts, { failed: 2, written: 1 });
});

test("an event writer begins anew with what came since when its Event was deleted", async () => {
  await using it = setup(({ method }) => (method === "PATCH" ? 404 : 201));
  it.emit(refusal("b"));
  await it.pass(500);
  for (let n = 0; n < 3; n++) it.emit(refusal("b"));
  await it.pass();
  await it.pass();
  assert.deepEqual(
    it.requests.map(({ method }) => method),
    ["POST", "PATCH", "POST"],
  );
  assert.equal(it.bodies()[2].series.count, 3);
});

test("an event writer cuts a note at whole lines within 1,024 bytes, without control characters", async () => {
  await using it = setup();
  const line = `[rule] ${"ä".repeat(150)}`;
  it.emit(refusal("b", { note: ["first\u001b[31m", ...Array(9).fill(line)].join("\n") }));
  it.emit(refusal("c", { note: "ö".repeat(3_000) }));
  await it.pass(500);
  const [several, single] = it.bodies().map(({ note }) => String(note));
  assert.equal(several, `first [31m\n${line}\n${line}\n${line}\n…`);
  assert.ok(Buffer.byteLength(single ?? "") <= 1_024);
  assert.match(single ?? "", /^ö{500,}…$/);
});

test("an event writer puts what belongs to no namespace into default", async () => {
  await using it = setup();
  const regarding = { apiVersion: "v1", kind: "Namespace", namespace: "", name: "new" };
  it.emit(refusal("b", { regarding }));
  await it.pass(500);
  assert.equal(it.requests[0]?.path, "/apis/events.k8s.io/v1/namespaces/default/events");
  assert.equal(Object.hasOwn(it.bodies()[0].regarding, "namespace"), false);
});
