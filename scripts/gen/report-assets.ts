import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GENERATED, type Generator } from "./artifact.ts";
import { ROOT } from "./rule-files.ts";

const FOLDER = "src/adapters/output/html";

/** In the order in which they override each other. */
const STYLES = [
  "theme",
  "base",
  "marks",
  "header",
  "overview",
  "map",
  "toolbar",
  "findings",
  "media",
];

/** In the order in which they need each other; joined they are one script without modules. */
const SCRIPTS = ["match", "rows", "theme", "filters", "main"];

/** Style and script of the HTML report as strings, so that nothing is read or compiled at run time. */
export const reportAssets: Generator = {
  name: "report assets",
  async files() {
    const style = compactStyle(STYLES.map((name) => read(`styles/${name}.css`)).join(""));
    const script = joinedScript();
    const lines = [
      `// ${GENERATED}.`,
      `export const STYLE = ${JSON.stringify(style)};`,
      `export const STYLE_HASH = ${JSON.stringify(hashOf(style))};`,
      `export const SCRIPT = ${JSON.stringify(script)};`,
      `export const SCRIPT_HASH = ${JSON.stringify(hashOf(script))};`,
    ];
    return new Map([[`${FOLDER}/assets.ts`, `${lines.join("\n")}\n`]]);
  },
};

function read(path: string): string {
  return readFileSync(join(ROOT, FOLDER, path), "utf8");
}

function compactStyle(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

/** What the compiler makes of browser/*.ts, without the words that tie modules together. */
function joinedScript(): string {
  const out = mkdtempSync(join(tmpdir(), "keymate-guard-assets-"));
  try {
    execFileSync(
      process.execPath,
      [
        join(ROOT, "node_modules/typescript/bin/tsc"),
        ...["-p", join(ROOT, FOLDER, "browser"), "--outDir", out, "--noEmit", "false"],
        ...["--removeComments", "--noCheck", "--rewriteRelativeImportExtensions"],
      ],
      { stdio: ["ignore", "inherit", "inherit"] },
    );
    const parts = SCRIPTS.map((name) => readFileSync(join(out, `${name}.js`), "utf8"));
    const body = parts
      .join("")
      .replace(/^import .*\n/gm, "")
      .replace(/^export /gm, "");
    const script = `"use strict";\n(() => {\n${body}})();\n`;
    if (/<\/script|<!--/i.test(script)) throw new Error("the script would end itself");
    return script;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
