import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import type { Connection } from "../../../src/adapters/kube/api-client.ts";
import { type ConnectionSettings, loadConnection } from "../../../src/adapters/kube/connection.ts";
import { FakeApiServer } from "./fake-api-server.ts";

const GET = { method: "GET", path: "/api/v1/pods" } as const;

async function setup() {
  const server = await FakeApiServer.start("/api/v1/pods");
  const folder = await mkdtemp(join(tmpdir(), "kube-connection-"));
  const opened: Connection[] = [];
  const dispose = async () => {
    for (const connection of opened) connection.close();
    await server.stop();
    await rm(folder, { recursive: true });
  };
  return {
    server,
    folder,
    file: async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    },
    open: async (settings: Partial<ConnectionSettings>) => {
      const connection = await loadConnection({
        cluster: "kubeconfig",
        inClusterPresent: false,
        ...settings,
      });
      assert.ok(connection);
      opened.push(connection);
      return connection;
    },
    sent: (header: string) => server.requests.map(({ headers }) => headers[header]),
    [Symbol.asyncDispose]: dispose,
  };
}

function kubeconfig(server: string, user: object, context = "one"): string {
  return JSON.stringify({
    "current-context": context,
    contexts: [{ name: context, context: { cluster: "c", user: "u", namespace: "shop" } }],
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user }],
  });
}

test("no connection is loaded without a cluster, and by auto outside of one", async () => {
  for (const cluster of ["none", "auto"] as const) {
    assert.equal(await loadConnection({ cluster, inClusterPresent: false }), undefined);
  }
});

test("a kubeconfig connection sends the token and knows server and namespace", async () => {
  await using it = await setup();
  const path = await it.file("config", kubeconfig(it.server.url, { token: "t1" }));
  const connection = await it.open({ kubeconfig: path });
  const answer = await connection.request({ ...GET, query: { limit: 5 } });
  assert.equal(answer.status, 200);
  assert.equal(answer.bytes, Buffer.byteLength(answer.body));
  assert.deepEqual(it.sent("authorization"), ["Bearer t1"]);
  assert.equal(connection.server, it.server.url);
  assert.equal(connection.namespace, "shop");
});

test("an in-cluster connection takes server, token and namespace from the pod", async () => {
  await using it = await setup();
  await it.file("token", "pod-token\n");
  await it.file("ca.crt", "");
  await it.file("namespace", "guard\n");
  const settings = { inClusterServer: it.server.url, serviceAccountDir: it.folder };
  const connection = await it.open({ cluster: "auto", inClusterPresent: true, ...settings });
  await connection.request(GET);
  assert.deepEqual(it.sent("authorization"), ["Bearer pod-token"]);
  assert.equal(connection.namespace, "guard");
});

test("a refused token is read again from its file and the request repeated once", async () => {
  await using it = await setup();
  await it.file("token", "old");
  const path = await it.file("config", kubeconfig(it.server.url, { tokenFile: "token" }));
  const connection = await it.open({ kubeconfig: path });
  await connection.request(GET);
  await it.file("token", "new");
  it.server.fail(() => true, 401);
  assert.equal((await connection.request(GET)).status, 200);
  assert.deepEqual(it.sent("authorization"), ["Bearer old", "Bearer old", "Bearer new"]);
});

test("an exec plugin beside the kubeconfig supplies the token", async () => {
  await using it = await setup();
  const credential = JSON.stringify({ status: { token: "from-plugin" } });
  await chmod(await it.file("plugin.sh", `#!/bin/sh\necho '${credential}'\n`), 0o755);
  const user = { exec: { command: "./plugin.sh", args: [] } };
  const path = await it.file("config", kubeconfig(it.server.url, user));
  await (await it.open({ kubeconfig: path })).request(GET);
  assert.deepEqual(it.sent("authorization"), ["Bearer from-plugin"]);
});

test("a failing exec plugin is reported as a failed login", async () => {
  await using it = await setup();
  const user = { exec: { command: "false", args: [] } };
  const path = await it.file("config", kubeconfig(it.server.url, user));
  const connection = await it.open({ kubeconfig: path });
  await assert.rejects(connection.request(GET), {
    code: "unauthorized",
    message: /^login to http.* failed .*check the credentials of user u$/,
  });
});

test("of several kubeconfigs the first names the context and the rest add theirs", async () => {
  await using it = await setup();
  const first = await it.file("first", JSON.stringify({ "current-context": "two" }));
  const second = await it.file("second", kubeconfig(it.server.url, { token: "t2" }, "two"));
  const missing = join(it.folder, "missing");
  const connection = await it.open({ kubeconfig: [first, missing, second].join(delimiter) });
  await connection.request(GET);
  assert.deepEqual(it.sent("authorization"), ["Bearer t2"]);
});

const broken: Record<string, [string | undefined, Partial<ConnectionSettings>, RegExp]> = {
  "is missing": [undefined, {}, /cannot be read; name a readable file by --kubeconfig/],
  "is not YAML": ["{", {}, /is not YAML; repair the file/],
  "is empty": ["", {}, /holds no settings; repair the file/],
  "has no current context": ["{}", {}, /it has no current-context; name one by --context/],
  "lacks the wanted context": ["{}", { context: "x" }, /it has no context x; name one/],
  "names a cluster that it does not hold": [
    JSON.stringify({
      "current-context": "x",
      contexts: [{ name: "x", context: { cluster: "gone", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: "https://c" } }],
      users: [{ name: "u", user: {} }],
    }),
    {},
    /context x names cluster gone, which it does not hold; name one by --context/,
  ],
  "has a cluster without server": [
    kubeconfig("", {}),
    {},
    /clusters\[0\].cluster.server is missing/,
  ],
  "has a server that is no URL": [kubeconfig("nowhere", {}), {}, /nowhere is not a URL/],
};

for (const [name, [text, settings, message]] of Object.entries(broken)) {
  test(`a kubeconfig that ${name} is reported in one sentence`, async () => {
    await using it = await setup();
    const path = join(it.folder, "config");
    if (text !== undefined) await it.file("config", text);
    await assert.rejects(it.open({ kubeconfig: path, ...settings }), {
      code: "kubeconfig",
      message,
    });
  });
}

test("in-cluster credentials that are missing are reported in one sentence", async () => {
  const settings = { cluster: "in-cluster", inClusterPresent: false } as const;
  await assert.rejects(loadConnection(settings), /there are no in-cluster credentials here; use/);
});

test("a server that does not listen is reported as unreachable", async () => {
  await using it = await setup();
  const path = await it.file("config", kubeconfig("http://127.0.0.1:1", {}));
  const connection = await it.open({ kubeconfig: path });
  await assert.rejects(connection.request(GET), {
    code: "unreachable",
    message: /^the API server http:\/\/127.0.0.1:1 cannot be reached .*; check that it runs/,
  });
});

test("a server that does not answer in time is reported as unreachable", async () => {
  await using it = await setup();
  it.server.fault(() => true);
  const path = await it.file("config", kubeconfig(it.server.url, {}));
  const connection = await it.open({ kubeconfig: path });
  await assert.rejects(connection.request({ ...GET, timeoutMs: 20 }), {
    code: "unreachable",
    message: /did not answer within 0.02 s/,
  });
});

test("a read that meets a connection just being closed is sent again", async () => {
  await using it = await setup();
  const path = await it.file("config", kubeconfig(it.server.url, {}));
  const connection = await it.open({ kubeconfig: path });
  let resets = 1;
  it.server.fault((_, response) => {
    resets -= 1;
    if (resets === 0) response.socket?.resetAndDestroy();
    return resets === 0;
  });
  assert.equal((await connection.request(GET)).status, 200);
  assert.equal(it.server.requests.length, 2);
});

test("an aborted request is rejected and leaves nothing behind on the signal", async () => {
  await using it = await setup();
  it.server.fault(() => true);
  const path = await it.file("config", kubeconfig(it.server.url, {}));
  const connection = await it.open({ kubeconfig: path });
  const abort = new AbortController();
  const request = connection.request({ ...GET, signal: abort.signal });
  abort.abort();
  await assert.rejects(request);
});
