/**
 * The names of `$(NAME)` in a value of env, command or args, as the kubelet expands them: `$$`
 * stands for one dollar sign, so `$$(NAME)` is text. Source: expansion.Expand of Kubernetes.
 */
export function* variablesIn(text: string): Iterable<string> {
  let at = text.indexOf("$");
  while (at >= 0 && at < text.length - 1) {
    const next = text[at + 1];
    if (next === "(") {
      const end = text.indexOf(")", at + 2);
      if (end < 0) return;
      yield text.slice(at + 2, end);
      at = text.indexOf("$", end + 1);
    } else {
      at = text.indexOf("$", next === "$" ? at + 2 : at + 1);
    }
  }
}
