import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { findPlace } from "../../../src/cli/serve/place.ts";
import type { ServeSettings } from "../../../src/cli/serve/settings.ts";
import { resolveSettings } from "../../../src/config/settings.ts";
import { SERVE_SETTINGS } from "../../../src/config/settings-serve.ts";
import { captured } from "../support/captured-io.ts";

function settings(given: Partial<ServeSettings> = {}): ServeSettings {
  const resolved = resolveSettings(SERVE_SETTINGS, { flags: new Map(), environment: {} });
  assert.ok(resolved.ok);
  return { ...resolved.values, manageWebhooks: undefined, events: undefined, ...given };
}

function kubeconfig(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "keymate-guard-place-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "config");
  const cluster = { name: "c", cluster: { server: "https://127.0.0.1:1" } };
  const context = { name: "here", context: { cluster: "c", user: "u", namespace: "team" } };
  const contexts = [context, { ...context, name: "there" }];
  const users = [{ name: "u", user: { token: "t" } }];
  const config = { "current-context": "here", clusters: [cluster], contexts, users };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

test("a guard without a cluster serves this machine only and stops at once", async () => {
  const place = await findPlace(settings(), captured().io);
  assert.equal(place.connection, undefined);
  assert.equal(place.host, "127.0.0.1");
  assert.equal(place.drainMs, 0);
  assert.deepEqual(place.names, ["localhost", "127.0.0.1", "::1"]);
});

test("a kubeconfig that is named is used, without --cluster kubeconfig", async (t) => {
  const file = kubeconfig(t);
  const named = await findPlace(settings({ kubeconfig: file }), captured().io);
  assert.equal(named.connection?.server, "https://127.0.0.1:1");
  const byContext = await findPlace(
    settings({ context: "there" }),
    captured({ KUBECONFIG: file }).io,
  );
  assert.equal(byContext.connection?.server, "https://127.0.0.1:1");
});

test("a KUBECONFIG that happens to be set is not", async (t) => {
  const place = await findPlace(settings(), captured({ KUBECONFIG: kubeconfig(t) }).io);
  assert.equal(place.connection, undefined);
});

test("a guard outside its cluster answers to the names of this machine and of the Service", async (t) => {
  const place = await findPlace(settings({ kubeconfig: kubeconfig(t) }), captured().io);
  assert.equal(place.inCluster, false);
  assert.equal(place.managesWebhooks, false);
  assert.equal(place.namespace, "keymate-guard");
  assert.ok(place.names.includes("localhost"));
  assert.ok(place.names.includes("keymate-guard.keymate-guard.svc"));
});

test("somebody else's certificate has to cover only the name that the API server calls", async (t) => {
  const files = { certSource: "files" } as const;
  assert.deepEqual((await findPlace(settings(files), captured().io)).names, []);
  const outside = settings({ ...files, kubeconfig: kubeconfig(t) });
  assert.deepEqual((await findPlace(outside, captured().io)).names, []);
  const managing = { ...outside, manageWebhooks: true };
  assert.deepEqual((await findPlace(managing, captured().io)).names, [
    "keymate-guard.keymate-guard.svc",
  ]);
});

test("objects that stand for a cluster are refused beside a real one", async (t) => {
  const both = settings({ kubeconfig: kubeconfig(t), state: "objects.yaml" });
  await assert.rejects(findPlace(both, captured().io), {
    code: "state-beside-cluster",
    exitCode: 2,
    message: /^--state stands for a cluster.*: leave it out, or add --cluster none$/,
  });
});

test("webhooks to manage are refused where there is no cluster", async () => {
  await assert.rejects(findPlace(settings({ manageWebhooks: true }), captured().io), {
    code: "webhooks-without-cluster",
    exitCode: 2,
    message: /^--manage-webhooks writes to a cluster, but there is none: /,
  });
  const place = await findPlace(settings({ manageWebhooks: false }), captured().io);
  assert.equal(place.managesWebhooks, false);
});

test("a cluster that is named is refused beside --cluster none", async (t) => {
  const file = kubeconfig(t);
  for (const [flag, named] of [
    ["--kubeconfig", { kubeconfig: file }],
    ["--context", { context: "there" }],
  ] as const) {
    await assert.rejects(findPlace(settings({ cluster: "none", ...named }), captured().io), {
      code: "cluster-none-beside-kubeconfig",
      exitCode: 2,
      message: `${flag} names a cluster, but --cluster none asks for none: leave one of them out`,
    });
  }
});

test("Events are written inside a cluster, and from outside only when asked", async (t) => {
  const file = kubeconfig(t);
  const outside = await findPlace(settings({ kubeconfig: file }), captured().io);
  assert.equal(outside.writesEvents, false);
  const asked = await findPlace(settings({ kubeconfig: file, events: true }), captured().io);
  assert.equal(asked.writesEvents, true);
  await assert.rejects(findPlace(settings({ events: true }), captured().io), {
    exitCode: 2,
    message:
      "--events writes to a cluster, but there is none: leave it out, or add --cluster kubeconfig",
  });
});
