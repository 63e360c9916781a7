import type { Candidates, CompletedCommand, CompletedFlag } from "./model.ts";

/** Works in bash 3.2 too, the one of macOS, and without the package bash-completion. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name);
  return `# Completion of keymate-guard for bash: source <(keymate-guard completion bash)

_keymate_guard_words() {
  COMPREPLY=($(compgen -P "$prefix" -W "$1" -- "$cur")) || true
}

_keymate_guard_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -P "$prefix" "$@" -- "$cur")) || true
}

# Completes the value of a flag; fails for a switch, and for what is no flag.
_keymate_guard_value() {
  case "$1" in
${caseBranches(commands.flatMap(valueBranches))}
  *) return 1 ;;
  esac
}

_keymate_guard_flags() {
  case "$1" in
${caseBranches(commands.map(({ name, flags }) => [name, wordsCall(flags.map((flag) => flag.name))]))}
  esac
}

# Completes what is no flag, behind the arguments so far.
_keymate_guard_operand() {
  case "$*" in
${caseBranches(commands.flatMap(operandBranches))}
  esac
}

_keymate_guard() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prefix="" flag="" at=2
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    if [[ $cur == -* ]]; then ${wordsCall(["--help", "--version"])}; else ${wordsCall(names)}; fi
    return
  fi
  local command=\${COMP_WORDS[1]}
  local -a operands=()
  # Walks what was typed. bash breaks "--flag=value" into three words, unless told otherwise.
  while ((at < COMP_CWORD)); do
    local word=\${COMP_WORDS[at]}
    case $word in
    =) ;;
    -*) flag=$word ;;
    *)
      # In a shell of its own, for its answer is not wanted yet.
      if [[ -n $flag ]] && (_keymate_guard_value "$command $flag"); then :; else operands+=("$word"); fi
      flag=""
      ;;
    esac
    ((at++))
  done
  if [[ $cur == = ]]; then cur=""; fi
  if [[ $cur == --*=* ]]; then
    flag=\${cur%%=*}
    prefix=$flag=
    cur=\${cur#*=}
  elif [[ $cur == -* ]]; then
    _keymate_guard_flags "$command"
    return
  fi
  if [[ -n $flag ]] && _keymate_guard_value "$command $flag"; then return; fi
  if [[ -z $prefix ]]; then _keymate_guard_operand "$command" "\${operands[@]}"; fi
}

complete -F _keymate_guard keymate-guard
`;
}

type Branch = readonly [pattern: string, body: string];

/** Equal bodies share a branch. */
function caseBranches(branches: readonly Branch[]): string {
  const patterns = new Map<string, string[]>();
  for (const [pattern, body] of branches) {
    const known = patterns.get(body);
    if (known === undefined) patterns.set(body, [pattern]);
    else known.push(pattern);
  }
  return [...patterns]
    .map(([body, own]) => `  ${own.map(patternText).join(" | ")}) ${body} ;;`)
    .join("\n");
}

/** `*` at the end stays a wildcard. */
function patternText(pattern: string): string {
  return pattern.endsWith("*") ? `"${pattern.slice(0, -1)}"*` : `"${pattern}"`;
}

function valueBranches({ name, flags }: CompletedCommand): readonly Branch[] {
  return flags
    .filter((flag) => flag.value.kind !== "nothing")
    .map((flag: CompletedFlag): Branch => [`${name} ${flag.name}`, callOf(flag.value)]);
}

function operandBranches({ name, first, others }: CompletedCommand): readonly Branch[] {
  const more = [...others].map(
    ([word, candidates]): Branch => [
      `${name} ${word}${word === "" ? "" : "*"}`,
      callOf(candidates),
    ],
  );
  const rest = others.get("");
  if (rest !== undefined) return [[`${name}*`, callOf(rest)]];
  return [[name, callOf(first)], ...more];
}

function callOf(candidates: Candidates): string {
  if (candidates.kind === "words") return wordsCall(candidates.words.map(({ text }) => text));
  if (candidates.kind === "files") return "_keymate_guard_paths -f";
  return candidates.kind === "folders" ? "_keymate_guard_paths -d" : ":";
}

function wordsCall(words: readonly string[]): string {
  return `_keymate_guard_words "${words.join(" ")}"`;
}
