import type { Candidates, CompletedCommand, CompletedFlag } from "./model.ts";

/** Each line stands for itself: what it offers, and where. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name, summary }) =>
    line("__keymate_guard_starts", ["-a", quoted(name), "-d", quoted(summary)]),
  );
  return `# Completion of keymate-guard for fish: keymate-guard completion fish | source

function __keymate_guard_starts
    test (count (commandline -opc)) -eq 1
end

# Whether these are the first words, flags aside.
function __keymate_guard_behind
    set -l typed (commandline -opc)
    set -l words (string match -v -- '-*' $typed[2..-1])
    set -l length (count $argv)
    test (count $words) -ge $length; and test "$words[1..$length]" = "$argv"
end

# Whether a command still lacks its first argument, which is one of these.
function __keymate_guard_lacks
    set -l typed (commandline -opc)
    test (count $typed) -ge 2; and test $typed[2] = $argv[1]; or return 1
    set -l choices __keymate_guard_choices_$argv[1]
    for word in $typed[3..-1]
        contains -- $word $$choices; and return 1
    end
    return 0
end

complete -c keymate-guard -e
complete -c keymate-guard -f
${line("__keymate_guard_starts", ["-l", "help", "-d", quoted("Show this help")])}
${line("__keymate_guard_starts", ["-l", "version", "-d", quoted("Show the version")])}
${names.join("\n")}
${commands.map(commandLines).join("\n")}
`;
}

function commandLines(command: CompletedCommand): string {
  const { name, flags, first, others } = command;
  const lines = flags.map((flag) => flagLine(name, flag));
  if (first.kind === "words") {
    const texts = first.words.map(({ text }) => text);
    lines.push(`set -g __keymate_guard_choices_${name} ${texts.join(" ")}`);
    for (const { text, summary } of first.words) {
      const rest = summary === "" ? [] : ["-d", quoted(summary)];
      lines.push(line(`__keymate_guard_lacks ${name}`, ["-a", text, ...rest]));
    }
  } else lines.push(...candidateLines(`__keymate_guard_behind ${name}`, first));
  for (const [word, candidates] of others) {
    if (word === "") continue;
    lines.push(...candidateLines(`__keymate_guard_behind ${name} ${word}`, candidates));
  }
  return lines.join("\n");
}

function candidateLines(condition: string, candidates: Candidates): string[] {
  return candidates.kind === "files" ? [line(condition, ["-F"])] : [];
}

function flagLine(command: string, { name, summary, value }: CompletedFlag): string {
  const flag = ["-l", name.slice(2), "-d", quoted(summary)];
  return line(`__keymate_guard_behind ${command}`, [...flag, ...valueOptions(value)]);
}

function valueOptions(value: Candidates): readonly string[] {
  switch (value.kind) {
    case "words":
      return ["-x", "-a", quoted(value.words.map(({ text }) => text).join(" "))];
    case "files":
      return ["-r", "-F"];
    case "folders":
      return ["-x", "-a", quoted("(__fish_complete_directories)")];
    case "anything":
      return ["-x"];
    case "nothing":
      return [];
  }
}

function line(condition: string, options: readonly string[]): string {
  return `complete -c keymate-guard -n ${quoted(condition)} ${options.join(" ")}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
