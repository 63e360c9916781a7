import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** A shell that is asked what it would offer behind each of some lines. */
export interface CompletingShell {
  readonly name: "bash" | "zsh" | "fish";
  complete(script: string, lines: readonly string[], folder: string): readonly string[][];
}

const SEPARATOR = "== next line ==";

/** Calls the function as readline does: words split at blanks and at the equals sign. */
const bash: CompletingShell = {
  name: "bash",
  complete(script, lines, folder) {
    const asked = lines.map((line) => {
      const words = line.split(/ |(=)/).filter((word) => word !== undefined);
      const array = words.map((word) => `'${word}'`).join(" ");
      return `COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _keymate_guard
for reply in "\${COMPREPLY[@]}"; do [[ -d $reply ]] && reply+=/; printf '%s\\n' "$reply"; done`;
    });
    return answers("bash", ["--norc", "-c"], `${script}\n${asked.join(`\n${echo}\n`)}`, folder);
  },
};

const fish: CompletingShell = {
  name: "fish",
  complete(script, lines, folder) {
    const asked = lines.map((line) => `complete -C '${line}' | string replace -r '\\t.*' ''`);
    return answers(
      "fish",
      ["--no-config", "-c"],
      `${script}\n${asked.join(`\n${echo}\n`)}`,
      folder,
    );
  },
};

/** A terminal of its own, in which Tab is pressed; matches are noted where they would be added. */
const zsh: CompletingShell = {
  name: "zsh",
  complete(script, lines, folder) {
    const inner = `PROMPT=
autoload -Uz compinit && compinit -D -u
${script}
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
  typeset -a found; typeset -A passed
  builtin compadd -A found "$@"
  zparseopts -E -a passed W:=base P:=head 2>/dev/null
  local word
  for word in $found; do [[ -d "\${(Q)word}" ]] && word+=/; print -r -- "found \${(Q)word}" >> $ANSWERS; done
  builtin compadd "$@"
}
done-completing() { print -r -- "${SEPARATOR}" >> $ANSWERS; zle kill-whole-line; print -r -- "answered $((++answered))."; }
zle -C note complete-word _generic
zstyle ':completion:note:*' completer _complete
note-and-say() { zle note; done-completing }
zle -N note-and-say
bindkey '^I' note-and-say
zstyle ':completion:*' list-grouped false
answered=0
print -r -- "answered 0."
`;
    const outer = `zmodload zsh/zpty
export ANSWERS=$(mktemp)
inner=$(mktemp)
print -r -- "$INNER" > $inner
zpty guard zsh -f -i
zpty -w guard "source $inner"
zpty -r guard reply '*answered 0.*'
asked=0
for line in "\${(@f)LINES_TO_ASK}"; do
  zpty -w -n guard "$line"$'\\t'
  zpty -r guard reply "*answered $((++asked)).*"
done
zpty -d guard
cat $ANSWERS
rm -f $ANSWERS $inner
`;
    const environment = { INNER: inner, LINES_TO_ASK: lines.join("\n") };
    const parts = answers("zsh", ["-f", "-c"], outer, folder, environment);
    return parts
      .slice(0, lines.length)
      .map((found) => found.flatMap((line) => /^found (.*)$/.exec(line)?.[1] ?? []));
  },
};

const echo = `echo '${SEPARATOR}'`;

export const SHELLS: readonly CompletingShell[] = [bash, zsh, fish];

function answers(
  shell: string,
  flags: readonly string[],
  script: string,
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): string[][] {
  const { status, stdout, stderr } = spawnSync(shell, [...flags, script], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, TERM: "xterm", ...environment },
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal(stderr, "", shell);
  assert.notEqual(status, null, `${shell} did not end`);
  return stdout
    .split(`${SEPARATOR}\n`)
    .map((part) => part.split("\n").filter((line) => line !== ""));
}
