import type { DevTools, ProtocolEvent } from "./devtools.ts";

export interface PageSettings {
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
  readonly theme?: "light" | "dark";
  readonly media?: "screen" | "print";
  /** Default true. */
  readonly script?: boolean;
}

/** Keys that are not what they type. */
const KEYS: Readonly<Record<string, { readonly code: number; readonly text?: string }>> = {
  Tab: { code: 9 },
  Enter: { code: 13, text: "\r" },
  Escape: { code: 27 },
  " ": { code: 32, text: " " },
  "/": { code: 191, text: "/" },
};

/** One tab, with everything that it asked for and complained about. */
export class Page {
  /** Addresses of all requests, the page's own first. */
  readonly requests: string[] = [];
  /** Console messages, exceptions, refusals of the Content Security Policy. */
  readonly complaints: string[] = [];
  readonly #devtools: DevTools;
  readonly #session: string;
  readonly #context: string;
  readonly #stop: () => void;
  #loaded: (() => void) | undefined;

  private constructor(devtools: DevTools, session: string, context: string) {
    this.#devtools = devtools;
    this.#session = session;
    this.#context = context;
    this.#stop = devtools.listen((event) => this.#hear(event));
  }

  static async open(devtools: DevTools, url: string, settings: PageSettings): Promise<Page> {
    const { browserContextId } = await devtools.send("Target.createBrowserContext");
    const { targetId } = await devtools.send("Target.createTarget", {
      url: "about:blank",
      browserContextId,
    });
    const { sessionId } = await devtools.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(devtools, sessionId, browserContextId);
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await page.send(`${domain}.enable`);
    await page.#apply(settings);
    await page.go(url);
    return page;
  }

  send(method: string, params: object = {}) {
    return this.#devtools.send(method, params, this.#session);
  }

  async go(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    await this.send("Page.navigate", { url });
    await loaded;
  }

  /** The value of an expression in the page; also where its own scripts are switched off. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value as T;
  }

  async press(key: string): Promise<void> {
    const known = KEYS[key];
    const text = known === undefined ? key : known.text;
    // The code of a character is that of its key for letters and digits only.
    const code = known?.code ?? (/^[a-z0-9]$/i.test(key) ? key.toUpperCase().charCodeAt(0) : 0);
    const parts = { key, windowsVirtualKeyCode: code };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...parts, ...(text && { text }) });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...parts });
  }

  async type(text: string): Promise<void> {
    for (const character of text) await this.press(character);
  }

  async emulate(settings: PageSettings): Promise<void> {
    await this.#apply(settings);
    await this.painted();
  }

  /** What has changed is on the screen, and the page has been told. */
  async painted(): Promise<void> {
    await this.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
  }

  /** PNG, as the tab is seen. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  }

  async pdf(): Promise<Buffer> {
    const { data } = await this.send("Page.printToPDF", { printBackground: false });
    return Buffer.from(data, "base64");
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#devtools.send("Target.disposeBrowserContext", { browserContextId: this.#context });
  }

  async #apply({ width, height = 900, scale = 1, theme, media, script }: PageSettings) {
    if (width !== undefined) {
      const metrics = { width, height, deviceScaleFactor: scale, mobile: false };
      await this.send("Emulation.setDeviceMetricsOverride", metrics);
    }
    if (theme !== undefined || media !== undefined) {
      const features = theme === undefined ? [] : [{ name: "prefers-color-scheme", value: theme }];
      await this.send("Emulation.setEmulatedMedia", { media: media ?? "", features });
    }
    if (script === false) await this.send("Emulation.setScriptExecutionDisabled", { value: true });
  }

  #hear({ method, params, sessionId }: ProtocolEvent): void {
    if (sessionId !== this.#session) return;
    if (method === "Page.loadEventFired") this.#loaded?.();
    else if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    else if (method === "Log.entryAdded") this.complaints.push(params.entry.text);
    else if (method === "Runtime.exceptionThrown") {
      this.complaints.push(params.exceptionDetails.exception?.description ?? "exception");
    } else if (method === "Runtime.consoleAPICalled") {
      this.complaints.push(params.args.map(({ value }: { value: unknown }) => value).join(" "));
    }
  }
}
