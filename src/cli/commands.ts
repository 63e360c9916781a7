import type { SettingTable } from "../config/setting-spec.ts";
import { COMMAND_SETTINGS } from "../config/settings-all.ts";
import type { Command } from "./command.ts";

/** Every command, in the order in which people meet them. Their code is loaded on demand. */
export const COMMANDS: readonly Command[] = [
  define({
    name: "serve",
    summary: "Answer admission reviews: refuse, fill in, or only warn",
    synopsis: "",
    maxPositionals: 0,
    operands: "none",
    table: COMMAND_SETTINGS.serve,
    load: () => import("./commands/serve.ts"),
  }),
  define({
    name: "check",
    summary: "Judge manifests in files, and write the fixes back",
    synopsis: "[PATH… | -]",
    maxPositionals: Number.MAX_SAFE_INTEGER,
    operands: "files",
    table: COMMAND_SETTINGS.check,
    load: () => import("./commands/check.ts"),
  }),
  define({
    name: "audit",
    summary: "Judge whether a live cluster, or a dump of one, is ready for production",
    synopsis: "",
    maxPositionals: 0,
    operands: "none",
    table: COMMAND_SETTINGS.audit,
    load: () => import("./commands/audit.ts"),
  }),
  define({
    name: "rules",
    summary: "List the rules, or explain one",
    synopsis: "[ID]",
    maxPositionals: 1,
    operands: "rule",
    table: COMMAND_SETTINGS.rules,
    load: () => import("./commands/rules.ts"),
  }),
  define({
    name: "policy",
    summary: "Show the policy in force, check a policy file, print its schema",
    synopsis: "show | validate FILE… | schema",
    maxPositionals: Number.MAX_SAFE_INTEGER,
    operands: "none",
    actions: [
      { name: "show", summary: "Print the policy in force, with comments", operands: "none" },
      { name: "validate", summary: "Name every mistake of policy files", operands: "files" },
      { name: "schema", summary: "Print the JSON Schema, for editors", operands: "none" },
    ],
    table: COMMAND_SETTINGS.policy,
    load: () => import("./commands/policy.ts"),
  }),
  define({
    name: "certs",
    summary: "Make certificates for a guard, or look at them",
    synopsis: "generate [NAME…] | inspect [NAME…]",
    maxPositionals: Number.MAX_SAFE_INTEGER,
    operands: "none",
    actions: [
      { name: "generate", summary: "Make an authority and a certificate", operands: "text" },
      { name: "inspect", summary: "Show what is there and how long it lasts", operands: "text" },
    ],
    table: COMMAND_SETTINGS.certs,
    load: () => import("./commands/certs.ts"),
  }),
  define({
    name: "manifests",
    summary: "Print webhook configurations and RBAC for a policy",
    synopsis: "",
    maxPositionals: 0,
    operands: "none",
    table: COMMAND_SETTINGS.manifests,
    load: () => import("./commands/manifests.ts"),
  }),
  define({
    name: "demo",
    summary: "Play real reviews through a guard: blocked, defaulted, warned",
    synopsis: "",
    maxPositionals: 0,
    operands: "none",
    table: COMMAND_SETTINGS.demo,
    load: () => import("./commands/demo.ts"),
  }),
  define({
    name: "completion",
    summary: "Print the script that completes command lines in a shell",
    synopsis: "bash | zsh | fish",
    maxPositionals: 1,
    operands: "none",
    actions: [
      { name: "bash", summary: "For bash 3.2 and newer", operands: "none" },
      { name: "zsh", summary: "For zsh, with its completion system", operands: "none" },
      { name: "fish", summary: "For fish 3 and newer", operands: "none" },
    ],
    table: COMMAND_SETTINGS.completion,
    load: () => import("./commands/completion.ts"),
  }),
];

/** Ties a command's table to the settings that its code takes. */
function define<S extends SettingTable>(command: Command<S>): Command {
  return command as unknown as Command;
}
