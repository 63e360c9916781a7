import type { Candidates, CompletedCommand, CompletedFlag, Word } from "./model.ts";

/** For a folder of $fpath as `_keymate-guard`, or to be sourced behind compinit. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  return `#compdef keymate-guard
# Completion of keymate-guard for zsh: source <(keymate-guard completion zsh)

_keymate-guard() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${names.join("\n")}
  )
  if ((CURRENT == 2)); then
    if [[ $words[2] == -* ]]; then
      compadd -- --help --version
    else
      _describe -t commands command commands
    fi
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${commands.map(commandBranch).join("\n")}
  esac
}

if [[ $funcstack[1] == _keymate-guard ]]; then
  _keymate-guard "$@"
else
  compdef _keymate-guard keymate-guard
fi
`;
}

function commandBranch(command: CompletedCommand): string {
  const specs = [...command.flags.map(flagSpec), ...operandSpecs(command)];
  const lines = specs.map((spec) => `      ${quoted(spec)}`).join(" \\\n");
  return `  ${command.name})\n    _arguments -S \\\n${lines}\n    ;;`;
}

function flagSpec({ name, summary, value, repeats }: CompletedFlag): string {
  const star = repeats ? "*" : "";
  const described = `[${escaped(summary, "[]:")}]`;
  if (value.kind === "nothing") return `${star}${name}${described}`;
  return `${star}${name}=${described}:${name.slice(2)}:${actionOf(value)}`;
}

function operandSpecs({ first, others }: CompletedCommand): readonly string[] {
  if (first.kind === "nothing") return [];
  if (first.kind === "files") return ["*:file:_files"];
  const withFiles = [...others].flatMap(([word, { kind }]) => (kind === "files" ? [word] : []));
  const isOne = `(( $words[(I)(${withFiles.join("|")})] ))`;
  const rest = withFiles.length === 0 ? [] : [`*:file:{ ${isOne} && _files }`];
  return [`1:argument:${actionOf(first)}`, ...rest];
}

function actionOf(candidates: Candidates): string {
  if (candidates.kind === "words") return wordsAction(candidates.words);
  if (candidates.kind === "files") return "_files";
  return candidates.kind === "folders" ? "_files -/" : " ";
}

function wordsAction(words: readonly Word[]): string {
  const described = words.map(({ text, summary }) => {
    return summary === "" ? text : `${text}\\:${doubleQuoted(summary)}`;
  });
  return words.some(({ summary }) => summary !== "")
    ? `((${described.join(" ")}))`
    : `(${described.join(" ")})`;
}

function doubleQuoted(text: string): string {
  return `"${escaped(text, '"\\`$:')}"`;
}

function escaped(text: string, special: string): string {
  return [...text].map((char) => (special.includes(char) ? `\\${char}` : char)).join("");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
