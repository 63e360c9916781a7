import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const folder = mkdtempSync(join(tmpdir(), "keymate-guard-manners-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const ENV = { PATH: process.env["PATH"] ?? "", HOME: folder };
const BARE = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: platform-application }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers:
        - name: api
          image: registry.example/api:1.0.0
`;

/** The same command line in a shell, where `guard` is the program. */
function shell(script: string, env: Readonly<Record<string, string>> = {}) {
  const guard = `guard() { "${process.execPath}" "${MAIN}" "$@"; }`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `${guard}\n${script}`], {
    cwd: folder,
    env: { ...ENV, ...env },
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

/** In a terminal of its own, where both streams come out as one. */
function inTerminal(command: string, env: Readonly<Record<string, string>> = {}) {
  return spawnSync("script", ["-qefc", command, "/dev/null"], {
    cwd: folder,
    env: { ...ENV, ...env },
    input: "\u0004",
    encoding: "utf8",
  });
}

const withoutTerminal = spawnSync("script", ["--version"]).status === 0 ? false : "no script(1)";

test("a reader that leaves early changes neither the exit code nor says anything", () => {
  writeFileSync(join(folder, "bare.yaml"), BARE);
  const listed = shell("guard rules --format json | head -c 1; echo $PIPESTATUS");
  assert.deepEqual(listed, { code: 0, out: "[0\n", err: "" });
  const found = shell("guard check bare.yaml | true; exit $PIPESTATUS");
  assert.deepEqual(found, { code: 1, out: "", err: "" });
});

test("a full disk behind standard output is one sentence and exit code 3", (context) => {
  if (!existsSync("/dev/full")) return context.skip("no /dev/full");
  const { code, err } = shell("guard rules > /dev/full");
  assert.equal(err, "keymate-guard: the output cannot be written: ENOSPC\n");
  assert.equal(code, 3);
});

test("long output arrives whole at a pipe", () => {
  const { code, out } = shell("guard policy schema | tail -c 3");
  assert.equal(code, 0);
  assert.equal(out, "\n}\n");
});

test("Ctrl-C between two fixes leaves whole files only and is exit code 130", async () => {
  const many = join(folder, "many");
  const name = (index: number) => `${"long-name-".repeat(20)}${index}.yaml`;
  spawnSync("mkdir", [many]);
  // The names of the fixed files fill the pipe, so that the guard waits for us somewhere midway.
  const count = 1500;
  for (let index = 0; index < count; index++) writeFileSync(join(many, name(index)), BARE);
  const guard = spawn(process.execPath, [MAIN, "check", "--fix", many], {
    env: ENV,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await firstOutput(guard);
  guard.kill("SIGINT");
  const [said, [code, signal]] = await Promise.all([text(guard.stderr), once(guard, "exit")]);
  assert.deepEqual({ code, signal }, { code: 130, signal: null });
  assert.doesNotMatch(said, /fault|at /);
  const fixed = readdirSync(many).map((file) => readFileSync(join(many, file), "utf8"));
  assert.equal(fixed.length, count, "no temporary file is left");
  const changed = fixed.filter((content) => content !== BARE);
  assert.ok(changed.length > 0 && changed.length < count);
  for (const content of changed) assert.match(content, /limits:[\s\S]*memory: 2Gi\n$/);
});

/** Leaves what was said for others to read. */
async function firstOutput({ stderr }: ChildProcess): Promise<void> {
  assert.ok(stderr);
  await once(stderr, "readable");
}

test("a terminal of standard input is told that it is being read", {
  skip: withoutTerminal,
}, () => {
  const { stdout } = inTerminal(`${process.execPath} ${MAIN} check -`, { TERM: "xterm" });
  assert.match(stdout, /^keymate-guard: reading YAML from the terminal; Ctrl-D ends it\r\n/);
});

test("a terminal of another charset gets ASCII, a pipe never does", {
  skip: withoutTerminal,
}, () => {
  const inC = { LC_ALL: "C", TERM: "xterm" };
  const shown = inTerminal(`${process.execPath} ${MAIN} check bare.yaml`, inC).stdout;
  assert.match(shown, / - fix: /);
  assert.doesNotMatch(shown, /—/);
  assert.match(shell("guard check bare.yaml", inC).out, / — fix: /);
});

test("a dumb terminal gets neither colour nor progress", { skip: withoutTerminal }, () => {
  const command = `${process.execPath} ${MAIN} check bare.yaml`;
  const hasEscape = (env: Record<string, string>) =>
    inTerminal(command, env).stdout.includes("\u001b[");
  assert.equal(hasEscape({ TERM: "xterm" }), true);
  assert.equal(hasEscape({ TERM: "dumb" }), false);
  assert.equal(hasEscape({ TERM: "xterm", NO_COLOR: "1" }), false);
});
