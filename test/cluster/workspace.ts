import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Ends what is left when this process is gone, however it went: its end closes the pipe.
 * Lines "+ pid" and "- pid" tell what is running.
 */
const REAPER = `
pids=
while read -r op pid; do
  case $op in
    +) pids="$pids $pid" ;;
    -) rest=; for p in $pids; do [ "$p" = "$pid" ] || rest="$rest $p"; done; pids=$rest ;;
  esac
done
[ -z "$pids" ] || kill -9 $pids
for i in 1 2 3 4 5; do rm -rf -- "$0" && break; sleep 1; done
`;

export interface Command {
  /** Names the log file as well. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

export interface Running {
  readonly name: string;
  readonly pid: number;
  running(): boolean;
  log(): string;
  /** Resolves when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A temporary folder and the processes that work in it; both go together. */
export class Workspace {
  readonly dir = mkdtempSync(join(tmpdir(), "keymate-guard-"));
  readonly #running = new Set<Running>();
  readonly #reaper: ChildProcess;

  constructor() {
    // A session of its own, out of reach of the terminal's Ctrl-C.
    this.#reaper = spawn("sh", ["-c", REAPER, this.dir], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    // Nothing here holds the caller up: a forgotten cluster must not keep a test run from ending.
    this.#reaper.unref();
    (this.#reaper.stdin as Socket).on("error", () => {}).unref();
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  file(name: string, content: string): string {
    writeFileSync(this.path(name), content, { mode: 0o600 });
    return this.path(name);
  }

  async start(command: Command): Promise<Running> {
    const logFile = this.path(`${command.name}.log`);
    const output = openSync(logFile, "a");
    const child = spawn(command.file, [...command.args], {
      cwd: this.dir,
      detached: true,
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    if (child.pid) this.#tellReaper("+", child.pid);
    await once(child, "spawn");
    child.unref();
    const running = this.#track(child, command.name, logFile);
    this.#running.add(running);
    return running;
  }

  #tellReaper(op: "+" | "-", pid: number): void {
    this.#reaper.stdin?.write(`${op} ${pid}\n`);
  }

  #track(child: ChildProcess, name: string, logFile: string): Running {
    const pid = child.pid ?? 0;
    const gone = once(child, "exit").then(() => {
      this.#tellReaper("-", pid);
      this.#running.delete(running);
    });
    const running: Running = {
      name,
      pid,
      running: () => child.exitCode === null && child.signalCode === null,
      log: () => readFileSync(logFile, "utf8"),
      async stop(signal = "SIGTERM") {
        child.ref();
        child.kill(signal);
        // A paused process acts on the signal only once it goes on.
        child.kill("SIGCONT");
        await gone;
      },
    };
    return running;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop("SIGKILL")));
    rmSync(this.dir, { recursive: true, force: true });
    this.#reaper.kill("SIGKILL");
  }
}

function tail(text: string): string {
  return text.trimEnd().split("\n").slice(-15).join("\n");
}

/** Polls until the probe agrees; a process that ends or takes too long is told with its log. */
export async function untilReady(
  running: Running,
  probe: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await probe().catch(() => false))) {
    const late = performance.now() > deadline;
    if (late || !running.running()) {
      const what = late ? `was not ready within ${timeoutMs / 1000} s` : "ended while starting";
      throw new Error(`${running.name} ${what}:\n${tail(running.log())}`);
    }
    await sleep(50);
  }
}
