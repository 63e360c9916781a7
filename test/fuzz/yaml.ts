import assert from "node:assert/strict";
import { loadFiles, STDIN } from "../../src/adapters/files/load.ts";
import type { Target } from "./target.ts";

/** Any bytes on standard input of `check`: objects and problems, each with a line of the file. */
export const target: Target = {
  dictionary: [
    ...[
      "apiVersion: v1\n",
      "kind: ",
      "List",
      "items:\n",
      "metadata: {name: a}\n",
      "- ",
      "  ",
      "---\n",
    ],
    ...[
      "...\n",
      "&a ",
      "*a",
      "<<: *a\n",
      "!!set ",
      "!x ",
      "|\n ",
      ">-\n ",
      "? ",
      ": ",
      "{{ .x }}",
      "%YAML 1.2\n",
    ],
    ...[
      "'",
      '"',
      "\t",
      "\u0000",
      "\ufeff",
      "# c\n",
      "[",
      "]",
      "{",
      "}",
      ",",
      "\r\n",
      "\u2028",
      "__proto__: 1\n",
    ],
  ],
  run(input) {
    const loaded = loadFiles(["-"], input);
    const lines = input.toString("utf8").split("\n").length;
    for (const { file, line, message } of loaded.problems) {
      assert.equal(file, STDIN);
      assert.ok(line >= 1 && line <= lines + 1, `line ${line} of ${lines}: ${message}`);
    }
  },
};
