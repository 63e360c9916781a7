import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { DevTools } from "./devtools.ts";
import { Page, type PageSettings } from "./page.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

export const HOW_TO_INSTALL =
  "no Chromium on this machine: install it (Debian and Ubuntu: apt-get install chromium), or name one in CHROMIUM";

/** The browser's program: `CHROMIUM` if it is set, else the first known name on the path. */
export function findChromium(): string | undefined {
  const named = process.env["CHROMIUM"];
  const candidates = named ? [named] : NAMES;
  return candidates.find((name) => spawnSync(name, ["--version"]).status === 0);
}

/** A headless browser of its own, with an empty profile that goes when it ends. */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #devtools: DevTools;
  readonly #profile: string;

  private constructor(child: ChildProcess, profile: string) {
    this.#process = child;
    this.#profile = profile;
    const [, , , out, incoming] = child.stdio;
    this.#devtools = new DevTools(out as Writable, incoming as Readable);
    child.once("exit", () => this.#devtools.fail(new Error("the browser has ended")));
  }

  static async start(): Promise<Chromium> {
    const program = findChromium();
    if (program === undefined) throw new Error(HOW_TO_INSTALL);
    const profile = mkdtempSync(join(tmpdir(), "keymate-guard-browser-"));
    const flags = [
      "--headless=new",
      "--remote-debugging-pipe",
      `--user-data-dir=${profile}`,
      "--no-first-run",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--hide-scrollbars",
      // The sandbox does not start for root, as whom containers run.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ];
    const child = spawn(program, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    const browser = new Chromium(child, profile);
    await browser.#devtools.send("Browser.getVersion");
    return browser;
  }

  /** A page of its own profile, so that no page sees what another one stored. */
  open(url: string, settings: PageSettings = {}): Promise<Page> {
    return Page.open(this.#devtools, url, settings);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    await this.#devtools.send("Browser.close").catch(() => this.#process.kill());
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }
}
