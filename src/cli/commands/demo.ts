import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { createLogger } from "../../adapters/telemetry/logger.ts";
import { resolveSettings } from "../../config/settings.ts";
import type { DEMO_SETTINGS } from "../../config/settings-demo.ts";
import { SERVE_SETTINGS } from "../../config/settings-serve.ts";
import { RULES } from "../../rules/index.ts";
import type { Run } from "../command.ts";
import { type Answer, admit } from "../demo/review-client.ts";
import { SCENES, type Scene } from "../demo/scenes.ts";
import type { CliIo } from "../io.ts";
import { Guard } from "../serve/guard.ts";
import { findPlace } from "../serve/place.ts";
import { systemClock } from "../system-clock.ts";

/** A real guard on a free port, three real reviews over TLS, and what each of them gets. */
export const run: Run<typeof DEMO_SETTINGS> = async ({ io }) => {
  const folder = await mkdtemp(join(tmpdir(), "keymate-guard-demo-"));
  try {
    await play(folder, io);
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function play(certDir: string, io: CliIo): Promise<void> {
  const log = createLogger({ level: "error", format: "auto", terminal: false, colour: false });
  const defaults = resolveSettings(SERVE_SETTINGS, { flags: new Map(), environment: {} });
  if (!defaults.ok) throw new Error("the defaults of serve do not resolve");
  const settings = {
    ...defaults.values,
    ...{
      port: 0,
      opsPort: 0,
      certDir,
      cluster: "none" as const,
      manageWebhooks: undefined,
      events: undefined,
    },
  };
  let address = { port: 0, ca: "" };
  const guard = await Guard.create({
    settings,
    place: await findPlace(settings, io),
    rules: RULES,
    version: io.version,
    clock: systemClock,
    logger: log.logger,
    random: Math.random,
    onListening: (source, port) => {
      address = { port, ca: source.current()?.caBundle ?? "" };
    },
  });
  await guard.start();
  io.stdout.write(
    `A guard listens on https://localhost:${address.port} with a certificate of its own.\n`,
  );
  for (const [index, scene] of SCENES.entries()) {
    const answer = await admit(scene, address.port, address.ca);
    io.stdout.write(`\n${index + 1}. ${scene.title}\n\n${indent(story(scene, answer))}\n`);
  }
  await guard.stop();
  log.flush();
}

function story(scene: Scene, answer: Answer): string {
  const { kind, metadata } = scene.object as { kind: string; metadata: { name: string } };
  const what = `${kind.toLowerCase()}.apps/${metadata.name}`;
  return [
    `$ kubectl apply -f ${scene.file}`,
    ...answer.warnings.map((warning) => `Warning: ${warning}`),
    answer.allowed ? `${what} created` : `Error from server (Forbidden): ${answer.message}`,
    ...(answer.allowed
      ? ["", "and the API server stores, added by the guard:", additions(answer)]
      : []),
  ].join("\n");
}

function additions({ patch }: Answer): string {
  const shown = patch.map(({ path, value }) => ({ [path.replaceAll("~1", "/").slice(1)]: value }));
  return shown.map((addition) => stringify(addition).trimEnd()).join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `   ${line}`))
    .join("\n");
}
