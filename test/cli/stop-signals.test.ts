import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { dig, type JsonObject } from "../../src/kubernetes/json.ts";
import { FakeApiServer, type SeenRequest } from "../adapters/kube/fake-api-server.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const folder = mkdtempSync(join(tmpdir(), "keymate-guard-stop-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A real process against that API server. */
function audit(api: FakeApiServer, ...flags: readonly string[]): ChildProcess {
  const kubeconfig = join(folder, `${new URL(api.url).port}.yaml`);
  const cluster = { name: "fake", cluster: { server: api.url } };
  const context = { name: "fake", context: { cluster: "fake", user: "nobody" } };
  const config = { clusters: [cluster], contexts: [context], "current-context": "fake" };
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: "v1", kind: "Config", ...config }));
  return spawn(process.execPath, [MAIN, "audit", "--kubeconfig", kubeconfig, ...flags], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function ended(child: ChildProcess) {
  assert.ok(child.stdout && child.stderr);
  const all = [text(child.stdout), text(child.stderr), once(child, "exit")] as const;
  const [out, err, [code]] = await Promise.all(all);
  return { code, out, err };
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} while an audit reads the cluster is one sentence and exit code ${code}`, async (t) => {
    const api = await FakeApiServer.start();
    t.after(() => api.stop());
    const asked = Promise.withResolvers<void>();
    api.fault(() => {
      asked.resolve();
      return true;
    });
    const child = audit(api);
    const end = ended(child);
    await Promise.race([asked.promise, end]);
    child.kill(signal);
    assert.deepEqual(await end, {
      code,
      out: "",
      err: "keymate-guard: the audit was stopped before it was done\n",
    });
  });

  test(`${signal} ends audit --watch with exit code 0, and the lease is free`, async (t) => {
    const api = await FakeApiServer.start("/api/v1/namespaces");
    t.after(() => api.stop());
    const lease = new KeptLease();
    api.fault((request, response) => lease.answer(request, response));
    const child = audit(api, "--watch", "--leader-elect", "--ops-port", "0");
    const end = ended(child);
    await Promise.race([lease.held, end]);
    assert.notEqual(lease.holder, "");
    child.kill(signal);
    const { code: given, err } = await end;
    assert.equal(given, 0, err);
    assert.equal(lease.holder, "");
  });
}

/** Answers for the one Lease as an API server would, and tells when somebody holds it. */
class KeptLease {
  #object: JsonObject | undefined;
  #version = 0;
  readonly #held = Promise.withResolvers<void>();

  get held(): Promise<void> {
    return this.#held.promise;
  }

  get holder(): unknown {
    return dig(this.#object, "spec", "holderIdentity");
  }

  answer({ method, path, body }: SeenRequest, response: ServerResponse): boolean {
    if (!path.includes("/leases")) return false;
    if (method !== "GET") this.#write(JSON.parse(body) as JsonObject);
    const found = method === "POST" ? 201 : 200;
    const status = this.#object === undefined ? 404 : found;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(this.#object ?? { kind: "Status", code: 404 }));
    return true;
  }

  #write(object: JsonObject): void {
    const resourceVersion = String(++this.#version);
    this.#object = { ...object, metadata: { ...(object["metadata"] as object), resourceVersion } };
    if (this.holder !== "") this.#held.resolve();
  }
}
