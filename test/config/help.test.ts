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
  --cert-dir FOLDER      Folder of ca.crt, ca.key, tls.crt and tls.key [default:
                         certs] [env: KEYMATE_GUARD_CERT_DIR]
  --cluster auto|none|in-cluster|kubeconfig
                         Where to look other objects up; auto is a kubeconfig
                         that is named, else in-cluster, else none [default:
                         auto] [env: KEYMATE_GUARD_CLUSTER]
  --kubeconfig FILE      Kubeconfig file of the cluster to look into [default:
                         KUBECONFIG, else ~/.kube/config] [env:
                         KEYMATE_GUARD_KUBECONFIG]
  --context NAME         Context of the kubeconfig [default: its current one]
                         [env: KEYMATE_GUARD_CONTEXT]
  --namespace NAMESPACE  Where the Secret is that inspect shows of a cluster
                         [default: that of the pod, else keymate-guard] [env:
                         KEYMATE_GUARD_NAMESPACE]
  --leaf-life TIME       Life of the serving certificate [default: 90d] [env:
                         KEYMATE_GUARD_LEAF_LIFE]
  --ca-life TIME         Life of the certificate authority [default: 1825d]
                         [env: KEYMATE_GUARD_CA_LIFE]

Global flags:
  -h, --help     Show this help
  -v, --version  Show the version
  --config FILE  Settings file: YAML, keys are the long flags in camelCase [env:
                 KEYMATE_GUARD_CONFIG]
  --log-level debug|info|warn|error
                 Least severe log line to write; debug adds stack traces
                 [default: info] [env: KEYMATE_GUARD_LOG_LEVEL]
  --log-format auto|json|pretty
                 How to write logs; auto is pretty on a terminal, else json
                 [default: auto] [env: KEYMATE_GUARD_LOG_FORMAT]

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
