import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "../..");

/** What a folder of src may import besides itself; an adapter folder never another one. */
const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map([
  ["kubernetes", []],
  ["engine", ["kubernetes"]],
  ["rules", ["engine", "kubernetes"]],
  ["usecases", ["engine", "kubernetes"]],
  ["config", ["engine", "kubernetes"]],
  ["adapters", ["usecases", "engine", "kubernetes"]],
]);

/** Same answer for the same arguments: no I/O, no clock, no randomness. */
const PURE = ["kubernetes", "engine", "rules"];

interface Import {
  readonly specifier: string;
  readonly how: "static" | "type" | "dynamic" | "re-export";
}

interface SourceFile {
  /** `adapters/http/server.ts` */
  readonly path: string;
  /** `adapters/http`, `engine`; "" for files directly in src. */
  readonly unit: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const files = readSources();

test("the import scanner sees every form of import", () => {
  const text = [
    'import { a } from "./a.ts";',
    'import type { B } from "./b.ts";',
    "import {\n  c,\n  type D,\n} from '../c.ts';".replaceAll("'", '"'),
    'import "./side-effect.ts";',
    'export { e } from "./e.ts";',
    'export * from "./f.ts";',
    'const g = await import("g");',
    'const text = "no import from here";',
  ].join("\n");
  assert.deepEqual(
    importsOf(text).map(({ how, specifier }) => `${how} ${specifier}`),
    [
      "static ./a.ts",
      "type ./b.ts",
      "static ../c.ts",
      "static ./side-effect.ts",
      "re-export ./e.ts",
      "re-export ./f.ts",
      "dynamic g",
    ],
  );
  assert.ok(files.length > 20, "the sources are found");
});

test("imports between folders follow the direction of dependencies", () => {
  assert.deepEqual(offences(crossesDirection), []);
});

test("@kubernetes/client-node is loaded by the Kubernetes adapter alone, and only when needed", () => {
  assert.deepEqual(
    offences(({ unit }, { specifier, how }) => {
      if (!specifier.startsWith("@kubernetes/client-node")) return false;
      return unit !== "adapters/kube" || (how !== "dynamic" && how !== "type");
    }),
    [],
  );
});

test("node-forge is used by the certificate adapter alone", () => {
  assert.deepEqual(
    offences(({ unit }, { specifier }) => specifier === "node-forge" && unit !== "adapters/certs"),
    [],
  );
});

test("the pure folders import nothing of Node", () => {
  assert.deepEqual(
    offences(({ unit }, { specifier }) => PURE.includes(unit) && specifier.startsWith("node:")),
    [],
  );
});

test("the pure folders read no clock, no randomness and no process", () => {
  const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bconsole\./;
  assert.deepEqual(
    filesWhere(({ unit, text }) => PURE.includes(unit) && impure.test(text)),
    [],
  );
});

test("only the process edge exits or reads the environment", () => {
  assert.deepEqual(
    filesWhere(({ path, text }) => {
      if (path === "main.ts" || path === "bin.ts") return false;
      return /\bprocess\.(?:exit|env)\b/.test(text);
    }),
    [],
  );
});

test("nothing is re-exported, and the only index is the generated one of the rules", () => {
  assert.deepEqual(
    offences((_, { how }) => how === "re-export"),
    [],
  );
  assert.deepEqual(
    filesWhere(({ path }) => posix.basename(path) === "index.ts"),
    ["rules/index.ts"],
  );
});

test("default exports are rules", () => {
  assert.deepEqual(
    filesWhere(({ unit, text }) => unit !== "rules" && /^export default\b/m.test(text)),
    [],
  );
});

test("no source file is longer than 300 lines", () => {
  assert.deepEqual(
    filesWhere(({ text }) => text.split("\n").length > 301),
    [],
  );
});

function crossesDirection(file: SourceFile, { specifier }: Import): boolean {
  if (!specifier.startsWith(".")) return false;
  const target = unitOf(posix.join(posix.dirname(file.path), specifier));
  if (target === file.unit) return false;
  const folder = file.unit.split("/", 1)[0] ?? "";
  const allowed = ALLOWED.get(folder);
  return allowed !== undefined && !allowed.includes(target);
}

function offences(isWrong: (file: SourceFile, imported: Import) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((imported) => isWrong(file, imported))
      .map(({ specifier }) => `${file.path} imports ${specifier}`),
  );
}

function filesWhere(isWrong: (file: SourceFile) => boolean): string[] {
  return files.filter(isWrong).map(({ path }) => path);
}

/** `import … from`, `export … from` and bare imports begin a line; dynamic ones stand anywhere. */
function importsOf(text: string): Import[] {
  const pattern =
    /^(import|export)\s+(type\s)?(?:[^;"]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...text.matchAll(pattern)].map(([, word, type, specifier, dynamic]): Import => {
    if (dynamic !== undefined) return { specifier: dynamic, how: "dynamic" };
    const how = word === "export" ? "re-export" : type === undefined ? "static" : "type";
    return { specifier: specifier ?? "", how };
  });
}

function readSources(): SourceFile[] {
  return readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
    .sort()
    .map((path) => {
      const text = readFileSync(join(ROOT, "src", path), "utf8");
      return { path, unit: unitOf(path), text, imports: importsOf(text) };
    });
}

function unitOf(path: string): string {
  const folders = path.split("/").slice(0, -1);
  return folders[0] === "adapters" ? folders.slice(0, 2).join("/") : (folders[0] ?? "");
}
