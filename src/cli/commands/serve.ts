import { createLogger, type LogHandle } from "../../adapters/telemetry/logger.ts";
import type { SERVE_SETTINGS } from "../../config/settings-serve.ts";
import { RULES } from "../../rules/index.ts";
import type { Run } from "../command.ts";
import type { CliIo } from "../io.ts";
import { Guard } from "../serve/guard.ts";
import { findPlace } from "../serve/place.ts";
import { welcome } from "../serve/welcome.ts";
import { systemClock } from "../system-clock.ts";
import { wantsColour } from "../terminal.ts";

/** Serves until a stop signal, then drains: exit code 0, or 3 after a fault that ends the process. */
export const run: Run<typeof SERVE_SETTINGS> = async ({ settings, origins, notes, io }) => {
  const log = createLogger({
    level: settings.logLevel,
    format: settings.logFormat,
    terminal: io.stderr.isTerminal,
    colour: wantsColour(io, io.stderr),
  });
  for (const note of notes) log.logger.debug({ note }, "setting ignored");
  const given = (key: "manageWebhooks" | "events") =>
    origins[key]?.kind === "default" ? undefined : settings[key];
  const serveSettings = {
    ...settings,
    manageWebhooks: given("manageWebhooks"),
    events: given("events"),
  };
  try {
    const place = await findPlace(serveSettings, io);
    const guard = await Guard.create({
      settings: serveSettings,
      place,
      rules: RULES,
      version: io.version,
      clock: systemClock,
      logger: log.logger,
      random: Math.random,
      onListening: (source, port) => {
        if (place.connection === undefined) io.stdout.write(welcome(serveSettings, source, port));
      },
    });
    return await untilStopped(guard, io, log);
  } finally {
    log.flush();
  }
};

async function untilStopped(
  guard: Guard,
  io: CliIo,
  { logger, flush }: LogHandle,
): Promise<number> {
  let stopping = false;
  const ended = new Promise<number>((resolve) => {
    io.onStop((reason, detail) => {
      if (reason === "crash") logger.error({ detail }, "fault that ends the process");
      if (stopping) {
        flush();
        io.exitNow(reason === "crash" ? 3 : 1);
      }
      stopping = true;
      guard.stop().then(
        () => resolve(reason === "crash" ? 3 : 0),
        () => resolve(3),
      );
    });
  });
  try {
    await guard.start();
  } catch (error) {
    await guard.stop();
    throw error;
  }
  return await ended;
}
