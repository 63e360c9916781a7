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
    table: COMMAND_SETTINGS.serve,
    load: () => import("./commands/serve.ts"),
  }),
  define({
    name: "check",
    summary: "Judge manifests in files, and write the fixes back",
    synopsis: "[PATH… | -]",
    maxPositionals: Number.MAX_SAFE_INTEGER,
    table: COMMAND_SETTINGS.check,
    load: () => import("./commands/check.ts"),
  }),
  define({
    name: "rules",
    summary: "List the rules, or explain one",
    synopsis: "[ID]",
    maxPositionals: 1,
    table: COMMAND_SETTINGS.rules,
    load: () => import("./commands/rules.ts"),
  }),
  define({
    name: "policy",
    summary: "Show the policy in force, check a policy file, print its schema",
    synopsis: "show | validate FILE… | schema",
    maxPositionals: Number.MAX_SAFE_INTEGER,
    table: COMMAND_SETTINGS.policy,
    load: () => import("./commands/policy.ts"),
  }),
  define({
    name: "certs",
    summary: "Make certificates for a guard, or look at them",
    synopsis: "generate [NAME…] | inspect [NAME…]",
    maxPositionals: Number.MAX_SAFE_INTEGER,
    table: COMMAND_SETTINGS.certs,
    load: () => import("./commands/certs.ts"),
  }),
  define({
    name: "manifests",
    summary: "Print webhook configurations and RBAC for a policy",
    synopsis: "",
    maxPositionals: 0,
    table: COMMAND_SETTINGS.manifests,
    load: () => import("./commands/manifests.ts"),
  }),
  define({
    name: "demo",
    summary: "Play real reviews through a guard: blocked, defaulted, warned",
    synopsis: "",
    maxPositionals: 0,
    table: COMMAND_SETTINGS.demo,
    load: () => import("./commands/demo.ts"),
  }),
];

/** Ties a command's table to the settings that its code takes. */
function define<S extends SettingTable>(command: Command<S>): Command {
  return command as unknown as Command;
}
