import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inWords, quietly, startOthers } from "./support/others.ts";
import { type ServedGuard, serveGuard } from "./support/served-guard.ts";

const CUT_MS = 15_000;
/** What a busy machine adds. */
const SLACK_MS = 1_000;
const CALLERS = 50;
const MEMORY_LIMIT_MIB = 384;

const HEAD = "POST /validate HTTP/1.1\r\nHost: guard\r\nContent-Type: application/json\r\n";

interface Slow {
  readonly open: (guard: ServedGuard) => Promise<Socket>;
  /** Once, then every second. */
  readonly first: string;
  readonly drip: string;
}

const tls = (guard: ServedGuard) => guard.tls();

const callers: Readonly<Record<string, Slow>> = {
  "that write the body at one byte a second": {
    open: tls,
    first: `${HEAD}Content-Length: 1000\r\n\r\n`,
    drip: " ",
  },
  "that write the headers at one byte a second": { open: tls, first: HEAD, drip: "x" },
  "that announce more than they send": {
    open: tls,
    first: `${HEAD}Content-Length: 1000\r\n\r\n{}`,
    drip: "",
  },
  "that shake hands and say nothing": { open: tls, first: "", drip: "" },
  "that never finish the TLS hello": {
    open: async (guard) => {
      const socket = guard.tcp();
      await once(socket, "connect");
      return socket;
    },
    // The head of a record, and of a ClientHello of 512 bytes.
    first: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    drip: "\x00",
  },
  "whose body never ends": {
    open: tls,
    first: `${HEAD}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n`,
    drip: " ".repeat(64 * 1024),
  },
};

/** Resolves with the milliseconds until the guard closed it. */
async function lifeOf(socket: Socket, { first, drip }: Slow): Promise<number> {
  const since = performance.now();
  socket.on("error", () => {});
  socket.resume();
  if (first !== "") socket.write(first, "latin1");
  const timer = setInterval(() => drip !== "" && socket.write(drip, "latin1"), 1_000);
  await once(socket, "close");
  clearInterval(timer);
  return performance.now() - since;
}

for (const [what, slow] of Object.entries(callers)) {
  test(`callers ${what} are cut within 15 s and harm nobody`, async (t) => {
    const guard = await serveGuard(t);
    const sockets = await Promise.all(Array.from({ length: CALLERS }, () => slow.open(guard)));
    t.after(() => sockets.forEach((socket) => void socket.destroy()));
    const others = await startOthers(guard, { fresh: true, perSecond: 20 });
    const lives = await Promise.all(sockets.map((socket) => lifeOf(socket, slow)));
    const result = await others.stop();
    t.diagnostic(
      `${CALLERS} cut after ${seconds(Math.min(...lives))} to ${seconds(Math.max(...lives))}; ${inWords(result)}; RSS at most ${guard.memory().peak} MiB`,
    );
    assert.ok(Math.max(...lives) < CUT_MS + SLACK_MS, `cut after ${seconds(Math.max(...lives))}`);
    assert.deepEqual(result.failures, []);
    assert.ok(guard.memory().peak < MEMORY_LIMIT_MIB);
  });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

const IDLE = 5_000;

async function openIdle(t: TestContext, guard: ServedGuard): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  t.after(() => sockets.forEach((socket) => void socket.destroy()));
  while (sockets.length < IDLE) {
    const batch = Array.from({ length: 100 }, () => guard.tcp());
    for (const socket of batch) {
      socket.on("error", () => {});
      socket.resume();
      sockets.push(socket);
    }
    await Promise.all(batch.map((socket) => Promise.race([once(socket, "connect"), sleep(1_000)])));
  }
  return sockets;
}

test(`${IDLE} idle connections leave room for the reviews of others, on new connections too`, async (t) => {
  const guard = await serveGuard(t);
  const quiet = await quietly(guard, { fresh: true, perSecond: 20 });
  const others = await startOthers(guard, { fresh: true, perSecond: 20 });
  const sockets = await openIdle(t, guard);
  const opened = performance.now();
  await sleep(2_000);
  const open = sockets.filter((socket) => !socket.destroyed).length;
  await Promise.all(sockets.map(async (s) => s.destroyed || (await once(s, "close"))));
  const cut = performance.now() - opened;
  const result = await others.stop();
  t.diagnostic(`${open} of ${IDLE} open after 2 s, the last cut after ${seconds(cut)}`);
  t.diagnostic(`before, ${inWords(quiet)}`);
  t.diagnostic(`meanwhile, ${inWords(result)}; RSS at most ${guard.memory().peak} MiB`);
  assert.deepEqual(result.failures, []);
  assert.ok(cut < CUT_MS + SLACK_MS);
  assert.ok(guard.memory().peak < MEMORY_LIMIT_MIB);
});
