import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../cluster/ports.ts";
import { untilReady, type Workspace } from "../cluster/workspace.ts";
import type { ImageConfig } from "./buildah.ts";
import { probe, sendReview } from "./reviews.ts";
import { hasReadOnlyRoot, identity, startContainer } from "./run-image.ts";

const SHELLS = ["bin/sh", "usr/bin/sh", "bin/bash", "bin/busybox"];

function checkContent(config: ImageConfig, root: string): void {
  assert.match(config.User, /^[1-9]\d*:[1-9]\d*$/, "the user is a number, and not root");
  assert.deepEqual(config.Cmd, ["serve"]);
  assert.ok(config.Labels["org.opencontainers.image.title"]);
  assert.deepEqual(readdirSync(join(root, "app")).sort(), ["dist", "node_modules", "package.json"]);
  const files = readdirSync(join(root, "app/dist"), { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    files.filter((file) => file.endsWith(".ts")),
    [],
  );
  assert.ok(existsSync(join(root, "app/node_modules/fastify")));
  for (const tool of ["typescript", "node", "@biomejs", "oxlint"]) {
    assert.ok(!existsSync(join(root, "app/node_modules", tool)), `${tool} is in the image`);
  }
  for (const shell of SHELLS) assert.ok(!existsSync(join(root, shell)), `${shell} is in the image`);
}

async function checkAnswers(port: number): Promise<void> {
  const mutated = await sendReview(port, "/mutate");
  assert.equal(mutated.allowed, true);
  assert.equal(mutated.patchType, "JSONPatch");
  const patch = JSON.parse(Buffer.from(mutated.patch ?? "", "base64").toString());
  assert.ok(patch.some(({ path }: { path: string }) => path.includes("/resources")));
  const denied = await sendReview(port, "/validate");
  assert.equal(denied.allowed, false);
  assert.equal(denied.status?.code, 403);
  assert.match(denied.status?.message ?? "", /Deployment platform-application\/api/);
}

/** Runs the image's own command as its own user, and asks it. */
export async function checkImage(
  workspace: Workspace,
  config: ImageConfig,
  root: string,
): Promise<void> {
  checkContent(config, root);
  const [port = 0, opsPort = 0] = await freePorts(2);
  const ports = [`--port=${port}`, `--ops-port=${opsPort}`, "--host=127.0.0.1"];
  const flags = [...ports, "--cluster=none", "--log-format=json"];
  const guard = await startContainer(workspace, config, root, [...config.Cmd, ...flags]);
  await untilReady(guard, async () => (await probe(opsPort, "/readyz")) === 200);
  const [user, group] = config.User.split(":");
  assert.deepEqual(identity(guard.pid), {
    Uid: Array(4).fill(user).join(" "),
    Gid: Array(4).fill(group).join(" "),
    Groups: "",
    CapEff: "0000000000000000",
    NoNewPrivs: "1",
  });
  assert.ok(hasReadOnlyRoot(guard.pid), "the root cannot be written");
  await checkAnswers(port);
  await guard.stop();
  console.log(guard.log().trimEnd());
}
