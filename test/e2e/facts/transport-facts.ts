import assert from "node:assert/strict";
import { before, describe, type TestContext, test } from "node:test";
import type { ApiRequest } from "../../cluster/api-client.ts";
import { kubeVersion } from "../../cluster/build.ts";
import { eventually } from "../../cluster/eventually.ts";
import { since } from "../../cluster/since.ts";
import type { Hook } from "./hook.ts";
import type { Site } from "./site.ts";

const NAMESPACE = "transport";
const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps?dryRun=All`;
const SERIAL = 20;
const BURST = 50;

export function transportFacts(site: () => Site): void {
  let hook: Hook;
  const create = (request: ApiRequest = site().cluster.request) =>
    request("POST", PATH, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "some" } });

  function used(path?: string): Set<number> {
    const calls = hook.calls.filter((call) => path === undefined || call.path === path);
    return new Set(calls.map(({ connection }) => connection));
  }

  async function serial(t: TestContext, what: string, request?: ApiRequest): Promise<void> {
    hook.reset();
    const opened = hook.connections();
    for (let i = 0; i < SERIAL; i += 1) assert.equal((await create(request)).status, 201);
    const list = ["/one", "/two", "/three"].map((path) => `${path} ${[...used(path)].join(" ")}`);
    t.diagnostic(`${what}: ${list.join(", ")}; ${hook.connections() - opened} opened`);
  }

  describe("how a Service of type ExternalName is called", () => {
    before(async () => {
      hook = await site().hook();
      await site().namespace(NAMESPACE);
      const entry = { hook, namespace: NAMESPACE, flavour: "Mutating" } as const;
      await site().register("transport", [
        { ...entry, path: "/one", timeoutSeconds: 7 },
        { ...entry, path: "/two", timeoutSeconds: null },
        { ...entry, path: "/three", flavour: "Validating" },
      ]);
    });

    test("head of the request, and what TLS asks for", async () => {
      hook.reset();
      await create();
      const [call] = hook.calls;
      assert.deepEqual(call?.headers, {
        host: `hook-${hook.port}.hooks.svc:${hook.port}`,
        "user-agent": "kube-apiserver-admission",
        "content-length": String(call?.bytes),
        accept: "application/json, */*",
        "content-type": "application/json",
        "accept-encoding": "gzip",
      });
      assert.equal(call?.httpVersion, "1.1");
      assert.equal(call?.tlsVersion, "TLSv1.3");
      assert.equal(call?.serverName, `hook-${hook.port}.hooks.svc`);
      assert.match(
        call.text,
        /^\{"kind":"AdmissionReview","apiVersion":"admission.k8s.io\/v1","request":\{"uid":"/,
      );
    });

    test("?timeout= is the entry's own in whole seconds, 10 without one", async () => {
      hook.reset();
      await create();
      assert.deepEqual(
        hook.calls.map(({ path, query }) => `${path}?${query}`),
        ["/one?timeout=7s", "/two?timeout=10s", "/three?timeout=10s"],
      );
    });

    test("one call after the other goes over kept connections", async (t) => {
      await create();
      await serial(t, kubeVersion());
    });

    test("a burst opens more connections than it needs; at most 25 of each path stay", async (t) => {
      for (const turn of ["first", "second"]) {
        hook.reset();
        const opened = hook.connections();
        await Promise.all(Array.from({ length: BURST }, () => create()));
        t.diagnostic(
          `${turn} burst of ${BURST}: ${hook.calls.length} calls over ${used().size} connections, ` +
            `${hook.connections() - opened} new ones`,
        );
      }
      const pools = ["/one", "/two", "/three", "/probe", "/probe"].length;
      await eventually(async () => hook.open() <= 25 * pools);
      t.diagnostic(`${hook.open()} connections stay open`);
    });

    const balanced = since(37, "WebhookRoundTripLoadBalancing");
    test(
      "from 1.37 on a Service's new address is used at once, before only by new connections",
      balanced,
      async (t) => {
        const old = await site().cluster.addApiServer({
          flags: { "feature-gates": "WebhookRoundTripLoadBalancing=false" },
        });
        const servers = { new: site().cluster.request, old: old.request };
        await eventually(() => site().probe("transport-mutating", hook, old.request));
        const kept: Record<string, Set<number>> = {};
        for (const [name, request] of Object.entries(servers)) {
          await serial(t, `${name}, address as before`, request);
          kept[name] = used("/one");
        }
        const path = `/api/v1/namespaces/hooks/services/hook-${hook.port}`;
        const patch = JSON.stringify({ spec: { externalName: "127.0.0.1" } });
        await site().cluster.request("PATCH", path, patch, "application/merge-patch+json");
        await eventually(async () => {
          await serial(t, "new, other address", servers.new);
          return [...used("/one")].every((connection) => !kept["new"]?.has(connection));
        });
        await serial(t, "old, other address", servers.old);
        assert.deepEqual(used("/one"), kept["old"]);
        await old.stop();
      },
    );

    test("a stopped webhook is told with its Service's name and the address dialled", async (t) => {
      const { port } = hook;
      await hook.stop();
      const refused = await eventually(async () => {
        const { text } = await create();
        return /connection refused/.test(text) && text;
      });
      t.diagnostic(refused);
      const url = `https://hook-${port}.hooks.svc:${port}/one?timeout=7s`;
      const { message } = JSON.parse(refused);
      assert.equal(
        message,
        'Internal error occurred: failed calling webhook "e0.transport-mutating.facts.test": ' +
          `failed to call webhook: Post "${url}": dial tcp 127.0.0.1:${port}: connect: connection refused`,
      );
    });
  });
}
