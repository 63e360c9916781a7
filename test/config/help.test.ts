import assert from "node:assert/strict";
import test from "node:test";
import { helpText } from "../../src/config/help.ts";
import { COMMAND_SETTINGS } from "../../src/config/settings-all.ts";
import { GLOBAL_SETTINGS } from "../../src/config/settings-global.ts";

test("the help of a command is aligned and shows values and defaults", () => {
  const text = helpText({
    usage: "keymate-guard certs generate|inspect [flags]",
    summary: "Makes certificates, or looks at them.",
    commands: [
      ["generate", "Make a certificate authority and a serving certificate"],
      ["inspect", "Show what is there and how long it is good for"],
    ],
    groups: [
      { title: "Flags", table: COMMAND_SETTINGS.certs },
      { title: "Global flags", table: GLOBAL_SETTINGS },
    ],
    notes: ["Docs: docs/."],
  });
  assert.equal(
    text,
    `Usage: keymate-guard certs generate|inspect [flags]

Makes certificates, or looks at them.

Commands:
  generate  Make a certificate authority and a serving certificate
  inspect   Show what is there and how long it is good for

Flags:
  --cert-dir FOLDER  Folder of ca.crt, ca.key, tls.crt and tls.key [default:
                     certs]
  --leaf-life TIME   Life of the serving certificate [default: 90d]
  --ca-life TIME     Life of the certificate authority [default: 1825d]

Global flags:
  -h, --help     Show this help
  -v, --version  Show the version
  --config FILE  Settings file: YAML, keys are the long flags in camelCase
  --log-level debug|info|warn|error
                 Least severe log line to write; debug adds stack traces
                 [default: info]
  --log-format auto|json|pretty
                 How to write logs; auto is pretty on a terminal, else json
                 [default: auto]

Docs: docs/.
`,
  );
});

test("the help of every command fits 80 columns", () => {
  for (const [name, table] of Object.entries(COMMAND_SETTINGS)) {
    const groups = [{ title: "Flags", table: { ...table, ...GLOBAL_SETTINGS } }];
    const text = helpText({ usage: name, summary: "word ".repeat(40).trim(), groups });
    for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
  }
});
