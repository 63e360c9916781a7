import { formatProblem, type LoadedPolicy, loadPolicy } from "../../config/load-policy.ts";
import { policyJsonSchema } from "../../config/policy-json-schema.ts";
import { showPolicy } from "../../config/policy-show.ts";
import type { POLICY_SETTINGS } from "../../config/settings-policy.ts";
import { didYouMean } from "../../config/suggest.ts";
import type { Rule } from "../../engine/rule.ts";
import { RULES } from "../../rules/index.ts";
import { usageError } from "../../usecases/app-error.ts";
import type { Invocation, Run } from "../command.ts";
import { policyError, readPolicyFile } from "../policy-file.ts";
import { systemClock } from "../system-clock.ts";

type PolicyInvocation = Invocation<typeof POLICY_SETTINGS>;

const ACTIONS = ["show", "validate", "schema"] as const;

/** A policy file by the name that the user gave it. */
export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

/** `policy show | validate FILE… | schema`. */
export const run: Run<typeof POLICY_SETTINGS> = async (invocation) => {
  const [word, ...files] = invocation.positionals;
  const action = ACTIONS.find((known) => known === word);
  if (action === undefined) {
    const found = word === undefined ? "" : `, not ${word}${didYouMean(word, ACTIONS)}`;
    throw usageError("unknown-action", `policy takes show, validate FILE or schema${found}`);
  }
  if (action === "validate") return await validate(invocation, files);
  const [surplus] = files;
  if (surplus !== undefined) {
    throw usageError("surplus-argument", `policy ${action} takes no argument, found ${surplus}`);
  }
  if (action === "schema") invocation.io.stdout.write(schemaText(RULES));
  else await show(invocation);
  return 0;
};

async function show({ settings, io }: PolicyInvocation): Promise<void> {
  const name = settings.policy;
  const file = name === undefined ? undefined : { name, text: await readPolicyFile(name) };
  const loaded = load(file, RULES, systemClock.now());
  if (!loaded.ok) throw policyError(loaded);
  for (const warning of loaded.warnings) io.stderr.write(`warning: ${warning}\n`);
  io.stdout.write(showPolicy(loaded.document, RULES));
}

async function validate(invocation: PolicyInvocation, named: readonly string[]): Promise<number> {
  const { settings, io } = invocation;
  const names = named.length === 0 && settings.policy !== undefined ? [settings.policy] : named;
  if (names.length === 0) {
    throw usageError("missing-argument", "policy validate needs a file: policy validate FILE");
  }
  const files: PolicyFile[] = [];
  for (const name of names) files.push({ name, text: await readPolicyFile(name) });
  const { text, valid } = validation(files, RULES, systemClock.now());
  io.stdout.write(text);
  return valid ? 0 : 2;
}

/** What `policy validate` prints: every mistake with its line, or the policy's name and hash. */
export function validation(
  files: readonly PolicyFile[],
  rules: readonly Rule[],
  now: number,
): { readonly text: string; readonly valid: boolean } {
  const results = files.map((file) => ({ file, loaded: load(file, rules, now) }));
  const lines = results.flatMap(({ file, loaded }) => {
    if (!loaded.ok) return loaded.problems.map(formatProblem);
    const warnings = loaded.warnings.map((warning) => `${file.name}: warning: ${warning}`);
    return [...warnings, `${file.name}: valid, ${loaded.policy.id}`];
  });
  return { text: `${lines.join("\n")}\n`, valid: results.every(({ loaded }) => loaded.ok) };
}

/** What `policy schema` prints. */
export function schemaText(rules: readonly Rule[]): string {
  return `${JSON.stringify(policyJsonSchema(rules), null, 2)}\n`;
}

function load(file: PolicyFile | undefined, rules: readonly Rule[], now: number): LoadedPolicy {
  return loadPolicy({ text: file?.text, source: file?.name, rules, now });
}
