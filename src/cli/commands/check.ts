import { randomUUID } from "node:crypto";
import { type FileChange, type FixResult, fixFiles } from "../../adapters/files/fix-files.ts";
import { type LoadedFiles, loadFiles, reloadFiles, STDIN } from "../../adapters/files/load.ts";
import { proposeFixes } from "../../adapters/files/propose-fixes.ts";
import { writeFailureMessage } from "../../adapters/files/replace-file.ts";
import type { SourceFile } from "../../adapters/files/source-file.ts";
import { writeChange } from "../../adapters/files/write-file.ts";
import { renderDiff } from "../../adapters/output/diff.ts";
import type { CHECK_SETTINGS } from "../../config/settings-check.ts";
import { RULES } from "../../rules/index.ts";
import { environmentError, usageError } from "../../usecases/app-error.ts";
import { checkFiles, planFixes } from "../../usecases/check-files.ts";
import type { CheckSettings } from "../../usecases/file-subjects.ts";
import { exitCodeOf } from "../../usecases/report.ts";
import type { Invocation, Run } from "../command.ts";
import type { CliIo } from "../io.ts";
import { openPolicy } from "../policy-file.ts";
import { writeReport } from "../reporters.ts";
import { readState } from "../state.ts";
import { systemClock } from "../system-clock.ts";
import { progressFor } from "../terminal.ts";

type Settings = Invocation<typeof CHECK_SETTINGS>["settings"];

/** Judges files; the exit code speaks of what remains after `--fix`. */
export const run: Run<typeof CHECK_SETTINGS> = async ({ settings, positionals, io }) => {
  if (positionals.length === 0) {
    throw usageError("check-usage", "name the files or folders to check, or - for standard input");
  }
  const progress = progressFor(io, settings.logFormat);
  const stdin = positionals.includes("-") ? await readAll(io) : undefined;
  const loaded = loadFiles(positionals, stdin, progress);
  const checkSettings = await checkSettingsOf(settings);
  const wantsFixes = settings.fix || settings.diff;
  const fixes = wantsFixes ? fixFiles(planFixes(loaded, checkSettings)) : undefined;
  if (fixes !== undefined) {
    progress.clear();
    await showFixes(fixes, loaded, settings, io);
  }
  const remaining = settings.fix && fixes !== undefined ? afterFixes(loaded, fixes) : loaded;
  const { report, faults } = checkFiles(remaining, checkSettings, progress);
  progress.clear();
  for (const { rule } of faults) {
    io.stderr.write(`keymate-guard: rule ${rule.id} failed, which is a fault of the program\n`);
  }
  for (const { message } of loaded.failures) io.stderr.write(`keymate-guard: ${message}\n`);
  // The report gives way to a diff or a fixed stream, which somebody may want to pipe on.
  const streams = settings.diff || (settings.fix && positionals.includes("-"));
  await writeReport(report, settings, {
    io,
    output: streams ? io.stderr : io.stdout,
    fixes: () => proposeFixes(planFixes(remaining, checkSettings)),
  });
  if (loaded.failures.length > 0 || faults.length > 0) return 3;
  return exitCodeOf(report, settings.failOn);
};

async function checkSettingsOf(settings: Settings): Promise<CheckSettings> {
  const { policy: file, mode: modeCap, namespace, format } = settings;
  const now = systemClock.now();
  const policy = await openPolicy({ file, rules: RULES, modeCap, now });
  const state = settings.state === undefined ? [] : readState(settings.state);
  return { policy, now, namespace, state, inventory: format === "html" };
}

async function showFixes(
  fixes: FixResult,
  loaded: LoadedFiles,
  settings: Settings,
  io: CliIo,
): Promise<void> {
  for (const { file, line, pointer, reason } of fixes.refused) {
    io.stderr.write(`${file}:${line}: not fixed, ${reason} (${pointer})\n`);
  }
  if (settings.diff) {
    for (const { file, after } of fixes.changes) {
      io.stdout.write(renderDiff({ path: file.path, before: file.text, after }));
    }
  }
  if (!settings.fix) return;
  const files = fixes.changes.filter(({ file }) => file.path !== STDIN);
  await io.uninterrupted(
    files.map((change) => () => {
      write(change);
      io.stderr.write(`fixed ${change.file.path}\n`);
    }),
  );
  const stream = loaded.files.find(({ path }) => path === STDIN);
  if (stream === undefined || settings.diff) return;
  const change = fixes.changes.find(({ file }) => file === stream);
  io.stdout.write(change?.after ?? stream.text);
}

function write(change: FileChange): void {
  try {
    writeChange(change, randomUUID());
  } catch (error) {
    const message = `${change.file.path} cannot be fixed: ${writeFailureMessage(error)}`;
    throw environmentError("fix-unwritable", message, error);
  }
}

function afterFixes(loaded: LoadedFiles, fixes: FixResult): LoadedFiles {
  const texts = new Map<SourceFile, string>(fixes.changes.map(({ file, after }) => [file, after]));
  return reloadFiles(loaded, texts);
}

async function readAll({ stdin, stderr }: CliIo): Promise<Buffer> {
  if (stdin.isTTY === true) {
    stderr.write("keymate-guard: reading YAML from the terminal; Ctrl-D ends it\n");
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
