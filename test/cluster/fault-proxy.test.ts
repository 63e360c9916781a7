import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, type TestContext, test } from "node:test";
import { type ApiClient, createApiClient } from "./api-client.ts";
import { eventually } from "./eventually.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { createAuthority, type KeyPair } from "./pki.ts";

let ca: string;
let serving: KeyPair;
const watchers = new Set<ServerResponse>();
/** Answers a watch by a head and keeps it open, everything else by its path. */
const upstream = createServer((request, response) => {
  if (request.url?.includes("watch=true") !== true) {
    response.end(JSON.stringify({ url: request.url, auth: request.headers.authorization }));
    return;
  }
  watchers.add(response.on("close", () => watchers.delete(response)));
  response.writeHead(200).flushHeaders();
});

before(async () => {
  const authority = await createAuthority("test");
  ca = authority.cert;
  serving = await authority.issue({ commonName: "proxy", hosts: ["127.0.0.1"] });
  await once(upstream.listen(0, "127.0.0.1"), "listening");
});

after(() => {
  upstream.closeAllConnections();
  upstream.close();
});

interface Setup {
  readonly proxy: FaultProxy;
  readonly client: ApiClient;
}

async function setup(t: TestContext): Promise<Setup> {
  const { port } = upstream.address() as AddressInfo;
  const options = { upstream: `http://127.0.0.1:${port}`, ca, serving };
  const proxy = await FaultProxy.start(options);
  const client = createApiClient({ server: proxy.url, ca });
  t.after(async () => {
    client.close();
    await proxy.stop();
  });
  return { proxy, client };
}

/** Resolves when the watch is open; `done` when it has ended. */
async function openWatch({ proxy, client }: Setup) {
  const done = client.request("GET", "/w?watch=true");
  done.catch(() => {});
  await eventually(async () => proxy.watches() === 1);
  return { done };
}

test("the fault proxy passes requests on and remembers them", async (t) => {
  const { proxy, client } = await setup(t);
  const answer = await client.request("GET", "/a/b?limit=5");
  assert.equal(answer.json<{ url: string }>().url, "/a/b?limit=5");
  assert.partialDeepStrictEqual(proxy.requests, [{ path: "/a/b", isWatch: false, status: 200 }]);
});

test("the fault proxy answers in the server's place until the fault is lifted", async (t) => {
  const { proxy, client } = await setup(t);
  const headers = { "retry-after": "3" };
  const lift = proxy.fault(({ path }) => path === "/a", { do: "answer", status: 429, headers });
  const answer = await client.request("GET", "/a");
  assert.deepEqual([answer.status, answer.headers["retry-after"]], [429, "3"]);
  assert.equal((await client.request("GET", "/b")).status, 200);
  lift();
  assert.equal((await client.request("GET", "/a")).status, 200);
});

test("the fault proxy closes a connection instead of an answer", async (t) => {
  const { proxy, client } = await setup(t);
  proxy.fault(() => true, { do: "drop" });
  await assert.rejects(client.request("GET", "/a"));
});

test("the fault proxy cuts a watch in the middle of what comes next", async (t) => {
  const it = await setup(t);
  const { done } = await openWatch(it);
  it.proxy.cutNext();
  for (const response of watchers) response.write("12345678\n");
  await assert.rejects(done);
  await eventually(async () => watchers.size === 0);
});

test("a muted watch stays open and carries nothing, even when the server ends it", async (t) => {
  const it = await setup(t);
  const { done } = await openWatch(it);
  it.proxy.mute();
  for (const response of watchers) response.end("lost\n");
  const ended = await Promise.race([
    done.then(() => "ended"),
    new Promise((resolve) => setTimeout(resolve, 100, "open")),
  ]);
  assert.equal(ended, "open");
  it.proxy.drop();
  await assert.rejects(done);
});

test("the fault proxy puts text of its own into a watch", async (t) => {
  const it = await setup(t);
  const { done } = await openWatch(it);
  it.proxy.send("garbage\n");
  for (const response of watchers) response.end("real\n");
  assert.equal((await done).text, "garbage\nreal\n");
});
