import assert from "node:assert/strict";
import { test } from "node:test";
import { ObjectStore } from "../../../src/adapters/kube/object-store.ts";
import { Reflector } from "../../../src/adapters/kube/reflector.ts";
import { FakeApiServer, isList, isWatch, type SeenRequest } from "./fake-api-server.ts";
import { FakeClock } from "./fake-clock.ts";
import { configMap, connectTo, half, memoryLogger, settle, until } from "./support.ts";

const PATH = "/api/v1/configmaps";

interface Setup extends AsyncDisposable {
  readonly server: FakeApiServer;
  readonly clock: FakeClock;
  readonly store: ObjectStore;
  readonly changes: string[];
  readonly reflector: Reflector;
  readonly logger: ReturnType<typeof memoryLogger>;
  readonly done: Promise<void>;
  stop(): void;
}

async function setup(prepare: (server: FakeApiServer) => void = () => {}): Promise<Setup> {
  const server = await FakeApiServer.start(PATH);
  prepare(server);
  const clock = new FakeClock();
  const changes: string[] = [];
  const store = new ObjectStore(({ type, namespace, name }) => {
    changes.push(`${type} ${namespace}/${name}`);
  });
  const logger = memoryLogger();
  const connection = connectTo(server.url);
  const reflector = new Reflector({
    connection,
    collection: { path: PATH, what: "configmaps" },
    project: (object) => object,
    sink: store,
    clock,
    logger,
    random: half,
  });
  const abort = new AbortController();
  const done = reflector.run(abort.signal);
  const stop = () => abort.abort();
  const dispose = async () => {
    stop();
    await done;
    connection.close();
    await server.stop();
  };
  return {
    server,
    clock,
    store,
    changes,
    reflector,
    logger,
    done,
    stop,
    [Symbol.asyncDispose]: dispose,
  };
}

function names(store: ObjectStore): string[] {
  return [...store.all()].map((object) => String((object["metadata"] as { name: string }).name));
}

function count(server: FakeApiServer, match: (request: SeenRequest) => boolean): number {
  return server.requests.filter(match).length;
}

test("a reflector lists from the server's cache and then watches with bookmarks", async () => {
  await using it = await setup((server) => void server.put(PATH, configMap("one")));
  await until(() => it.server.watchers === 1);
  assert.deepEqual(names(it.store), ["one"]);
  const [list, watch] = it.server.requests;
  // With a version of 0 the API server would ignore the limit.
  assert.equal(list?.query.has("resourceVersion"), false);
  assert.equal(list?.query.get("limit"), "500");
  assert.equal(list?.query.get("limit"), "500");
  assert.equal(watch?.query.get("allowWatchBookmarks"), "true");
  assert.equal(watch?.query.get("resourceVersion"), "101");
  assert.equal(watch?.query.get("timeoutSeconds"), "450");
});

test("a reflector takes over what the watch reports", async () => {
  await using it = await setup((server) => void server.put(PATH, configMap("old")));
  await until(() => it.server.watchers === 1);
  it.server.put(PATH, configMap("new"));
  it.server.put(PATH, configMap("new", "default", { a: "ü" }));
  it.server.remove("/api/v1/namespaces/default/configmaps/old");
  await until(() => it.changes.length === 4);
  assert.deepEqual(names(it.store), ["new"]);
  assert.equal(it.reflector.status().events, 3);
});

test("a reflector follows the pages of a list", async () => {
  await using it = await setup((server) => {
    for (let index = 0; index < 1201; index += 1) server.put(PATH, configMap(`c${index}`));
    server.fail((request) => isWatch(request), 410);
  });
  await until(() => it.clock.pending().includes(400));
  it.clock.advance(400);
  await until(() => it.server.watchers === 1);
  assert.equal(it.store.size, 1201);
  const relist = it.server.requests.filter(isList).slice(3);
  assert.deepEqual(
    relist.map(({ query }) => [query.get("continue"), query.get("resourceVersion")]),
    [
      [null, null],
      ["500", null],
      ["1000", null],
    ],
  );
});

test("an expired version makes the reflector list again and report the differences", async () => {
  await using it = await setup((server) => {
    for (const name of ["same", "gone", "changed"]) server.put(PATH, configMap(name));
  });
  await until(() => it.server.watchers === 1);
  it.changes.length = 0;
  it.server.endWatches(false);
  await until(() => it.server.watchers === 0);
  it.server.remove("/api/v1/namespaces/default/configmaps/gone");
  it.server.put(PATH, configMap("changed", "default", { a: "b" }));
  it.server.put(PATH, configMap("fresh"));
  it.server.compact();
  for (const wait of [400, 800]) {
    await until(() => it.clock.pending().includes(wait));
    it.clock.advance(wait);
  }
  await until(() => it.server.watchers === 1);
  assert.deepEqual(it.changes.sort(), [
    "delete default/gone",
    "set default/changed",
    "set default/fresh",
  ]);
  assert.equal(it.reflector.status().relists, 1);
});

test("an ERROR event with code 410 counts as expired", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  it.server.send(`${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410 } })}\n`);
  await until(() => it.clock.pending().some((ms) => ms === 400));
  it.clock.advance(400);
  await until(() => it.server.watchers === 1 && it.reflector.status().relists === 1);
});

test("a second relist waits until 30 s after the one before", async () => {
  await using it = await setup((server) => server.fail(isWatch, 410, { times: 3 }));
  await until(() => it.clock.pending().includes(400));
  it.clock.advance(400);
  await until(() => it.clock.pending().includes(30_800));
  assert.equal(it.reflector.status().relists, 1);
  it.clock.advance(30_800);
  await until(() => it.reflector.status().relists === 2);
});

test("a clock that is set back keeps no relist waiting for longer than that", async () => {
  await using it = await setup((server) => server.fail(isWatch, 410, { times: 1 }));
  await until(() => it.clock.pending().includes(400));
  it.clock.advance(400);
  await until(() => it.reflector.status().relists === 1 && it.server.watchers === 1);
  it.clock.step(-2 * 3_600_000);
  it.server.fail(isWatch, 410, { times: 1 });
  it.server.endWatches(false);
  await until(() => it.clock.pending().includes(800));
  it.clock.advance(800);
  await until(() => it.clock.pending().includes(31_600));
  it.clock.advance(31_600);
  await until(() => it.reflector.status().relists === 2);
});

test("a watch that goes silent is noticed although the clock was set back", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  it.server.put(PATH, configMap("one"));
  await until(() => it.reflector.status().events === 1);
  it.clock.step(-2 * 3_600_000);
  it.clock.advance(90_000);
  await until(() => it.clock.pending().length === 1);
  it.clock.advance(90_000);
  await until(() => it.clock.pending().includes(400));
  it.clock.advance(400);
  await until(() => count(it.server, isWatch) === 2);
});

test("a throttled reflector honours Retry-After", async () => {
  await using it = await setup((server) =>
    server.fail(isList, 429, { headers: { "retry-after": "7" } }),
  );
  await until(() => it.clock.pending().includes(7400));
  assert.equal(it.reflector.status().state, "cold");
  it.clock.advance(7400);
  await until(() => it.reflector.status().state === "synced");
});

for (const header of ["86400", "999999999999"]) {
  test(`a Retry-After of ${header} s keeps a reflector away for a minute, not for as long as it says`, async () => {
    await using it = await setup((server) =>
      server.fail(isList, 429, { headers: { "retry-after": header } }),
    );
    await until(() => it.clock.pending().includes(60_400));
    it.clock.advance(60_400);
    await until(() => it.reflector.status().state === "synced");
  });
}

test("failures back off up to 30 s and start over after two healthy minutes", async () => {
  await using it = await setup((server) => server.fail(isList, 500, { times: 8 }));
  for (const wait of [400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000]) {
    await until(() => it.clock.pending().includes(wait), `wait of ${wait}`);
    it.clock.advance(wait);
  }
  await until(() => it.server.watchers === 1);
  for (let minute = 0; minute < 3; minute += 1) {
    it.clock.advance(50_000);
    it.server.bookmark();
    await until(() => it.reflector.status().events === minute + 1);
  }
  it.server.endWatches(false);
  await until(() => it.clock.pending().includes(400));
});

test("a watch that is silent for 90 s is opened again where it was", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  it.server.put(PATH, configMap("one"));
  await until(() => it.reflector.status().events === 1);
  it.clock.advance(80_000);
  await until(() => it.clock.pending().includes(10_000));
  it.clock.advance(10_000);
  await until(() => count(it.server, isWatch) === 2);
  assert.equal(it.server.requests.at(-1)?.query.get("resourceVersion"), "101");
  assert.equal(count(it.server, isList), 1);
  await until(() => it.reflector.status().lastEvent === it.clock.now());
  assert.equal(it.reflector.status().problem, undefined);
});

test("a watch that is not answered for 60 s counts as a failure", async () => {
  await using it = await setup((server) => server.fault(isWatch));
  await until(() => it.clock.pending().includes(60_000));
  it.clock.advance(60_000);
  await until(() => it.clock.pending().includes(400));
  assert.match(it.reflector.status().problem ?? "", /configmaps was not answered for 60 s/);
});

test("a bookmark keeps a quiet watch open and moves its version", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  await settle();
  it.clock.advance(80_000);
  it.server.compact();
  it.server.bookmark();
  await until(() => it.reflector.status().events === 1);
  it.clock.advance(60_000);
  assert.equal(it.reflector.status().lastEvent, it.clock.now() - 60_000);
  it.server.endWatches();
  await until(() => count(it.server, isWatch) === 2);
  assert.equal(it.server.requests.at(-1)?.query.get("resourceVersion"), "101");
  assert.equal(count(it.server, isList), 1);
});

test("a garbled line makes the reflector watch again from the last good event", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  it.server.put(PATH, configMap("one"));
  await until(() => it.store.size === 1);
  it.server.send('{"type":"ADDED","obj\n');
  await until(() => it.clock.pending().includes(400));
  it.clock.advance(400);
  await until(() => count(it.server, isWatch) === 2 && it.server.watchers === 1);
  assert.equal(it.server.requests.at(-1)?.query.get("resourceVersion"), "101");
  it.server.send("null\n");
  await until(() => it.clock.pending().includes(800));
  it.clock.advance(800);
  await until(() => count(it.server, isList) === 2);
});

test("an event that is cut off in the middle is taken from the next watch", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  it.server.send('{"type":"ADDED","object":{"metadata":{"na');
  await settle();
  it.server.endWatches(false);
  it.server.put(PATH, configMap("one"));
  await until(() => it.clock.pending().includes(400));
  it.clock.advance(400);
  await until(() => it.store.size === 1);
  assert.deepEqual(it.changes, ["set default/one"]);
});

test("a forbidden kind is blocked with the missing permission until it is granted", async () => {
  await using it = await setup((server) => server.fail(isList, 403, { times: 2 }));
  await until(() => it.clock.pending().includes(937.5));
  assert.equal(it.reflector.status().state, "blocked");
  assert.match(
    it.reflector.status().problem ?? "",
    /^cannot list configmaps: needs permission "list" on configmaps;/,
  );
  it.clock.advance(937.5);
  await until(() => it.clock.pending().includes(1_875));
  it.clock.advance(1_875);
  await until(() => it.reflector.status().state === "synced");
  assert.equal(it.reflector.status().problem, undefined);
});

test("a kind that stays forbidden is asked for ever more rarely, every 30 s in the end", async () => {
  await using it = await setup((server) => server.fail(isList, 403, { times: 100 }));
  for (const wait of [937.5, 1_875, 3_750, 7_500, 15_000, 30_000, 30_000]) {
    await until(() => it.clock.pending().includes(wait));
    it.clock.advance(wait);
  }
});

test("a kind that the server does not have is absent and found when it appears", async () => {
  await using it = await setup((server) => server.unserve(PATH));
  await until(() => it.clock.pending().includes(937.5));
  assert.equal(it.reflector.status().state, "absent");
  it.server.serve(PATH);
  it.server.put(PATH, configMap("one"));
  it.clock.advance(937.5);
  await until(() => it.store.size === 1);
  assert.equal(it.reflector.status().state, "synced");
});

test("a kind that goes away takes its objects along", async () => {
  await using it = await setup((server) => void server.put(PATH, configMap("one")));
  await until(() => it.server.watchers === 1);
  it.server.unserve(PATH);
  it.server.endWatches(false);
  await until(() => it.clock.pending().includes(400));
  it.clock.advance(400);
  await until(() => it.reflector.status().state === "absent");
  assert.deepEqual(it.changes, ["set default/one", "delete default/one"]);
});

test("an unreachable server leaves the objects as they were", async () => {
  await using it = await setup((server) => void server.put(PATH, configMap("one")));
  await until(() => it.server.watchers === 1);
  it.server.fault((_, response) => {
    response.destroy();
    return true;
  });
  it.server.endWatches(false);
  for (const wait of [400, 800, 1600]) {
    await until(() => it.clock.pending().includes(wait));
    it.clock.advance(wait);
  }
  assert.equal(it.store.size, 1);
  await until(() => /cannot be reached/.test(it.reflector.status().problem ?? ""));
});

test("an aborted reflector ends its watch and its run", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  it.stop();
  await it.done;
  await until(() => it.server.watchers === 0);
  assert.deepEqual(it.clock.pending(), []);
});

test("a 404 that discovery does not confirm makes no kind absent", async () => {
  await using it = await setup((server) => void server.put(PATH, configMap("one")));
  await until(() => it.server.watchers === 1);
  it.server.fault((_, response) => {
    response.writeHead(404).end("default backend");
    return true;
  });
  it.server.endWatches(false);
  for (const wait of [400, 800]) {
    await until(() => it.clock.pending().includes(wait));
    it.clock.advance(wait);
  }
  await until(() => /\/api is not found/.test(it.reflector.status().problem ?? ""));
  assert.equal(it.reflector.status().state, "synced");
  assert.equal(it.store.size, 1);
});

test("a second watch without a byte makes the reflector list again", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  for (const relists of [0, 1, 2]) {
    const watches = count(it.server, isWatch);
    await until(() => {
      it.clock.advance(1000);
      return count(it.server, isWatch) > watches && it.server.watchers === 1;
    });
    assert.equal(it.reflector.status().relists, relists);
  }
});

test("a watch that opens and fails at once is no sign of life", async () => {
  await using it = await setup();
  await until(() => it.server.watchers === 1);
  await settle();
  it.clock.advance(10_000);
  const { lastEvent } = it.reflector.status();
  const body = `${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 500 } })}\n`;
  it.server.fail(isWatch, 200, { body, times: 2 });
  it.server.endWatches();
  for (const wait of [400, 800]) {
    await until(() => it.clock.pending().includes(wait));
    assert.equal(it.reflector.status().lastEvent, lastEvent);
    it.clock.advance(wait);
  }
  await until(() => it.reflector.status().lastEvent === it.clock.now());
});

test("garbage time and again costs a relist every 30 s at most", async () => {
  await using it = await setup((server) =>
    server.fail(isWatch, 200, { body: "garbage\n", times: 4 }),
  );
  for (const wait of [400, 800, 1600, 28_400 + 3200]) {
    await until(() => it.clock.pending().includes(wait), `wait of ${wait}`);
    it.clock.advance(wait);
  }
  await until(() => it.server.watchers === 1);
  assert.equal(it.reflector.status().relists, 2);
});
