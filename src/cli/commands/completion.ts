import type { COMPLETION_SETTINGS } from "../../config/settings-completion.ts";
import { didYouMean } from "../../config/suggest.ts";
import { RULES } from "../../rules/index.ts";
import { usageError } from "../../usecases/app-error.ts";
import type { Run } from "../command.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { completedCommands } from "../completion/model.ts";
import { zshScript } from "../completion/zsh.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `completion bash | zsh | fish`: a script that asks nobody when it completes. */
export const run: Run<typeof COMPLETION_SETTINGS> = async ({ positionals, commands, io }) => {
  const [shell] = positionals;
  const found = Object.entries(SCRIPTS).find(([name]) => name === shell);
  if (found === undefined) {
    const hint =
      shell === undefined
        ? ""
        : `, not ${JSON.stringify(shell)}${didYouMean(shell, Object.keys(SCRIPTS))}`;
    throw usageError("completion-shell", `name a shell: completion bash, zsh or fish${hint}`);
  }
  const [, script] = found;
  io.stdout.write(script(completedCommands(commands, RULES)));
  return 0;
};
