/** A series that an expression asks for, and the labels that it names. */
export interface Selection {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface Asked {
  readonly selections: readonly Selection[];
  /** Labels that results are grouped or joined by. */
  readonly grouping: readonly string[];
}

const KEYWORDS = new Set(
  "and or unless by without on ignoring group_left group_right bool offset sum min max avg count topk bottomk quantile stddev".split(
    " ",
  ),
);
const GROUPING = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);
const TOKEN =
  /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\$?[a-zA-Z_:][\w:]*|\d+(?:\.\d+)?(?:[a-z]+(?:\d+[a-z]+)*)?|=~|!~|!=|==|[<>]=|\S/g;

/** What a PromQL expression that Prometheus accepts looks at. Promtool is the judge of its grammar. */
export function askedBy(expr: string): Asked {
  const tokens: readonly string[] = expr.match(TOKEN) ?? [];
  const selections: Selection[] = [];
  const grouping: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (!/^[a-zA-Z_:]/.test(token)) continue;
    const next = tokens[at + 1];
    if (GROUPING.has(token) && next === "(") {
      const end = tokens.indexOf(")", at);
      grouping.push(...tokens.slice(at + 2, end).filter((one) => one !== ","));
      at = end;
    } else if (!KEYWORDS.has(token) && next !== "(") {
      const end = next === "{" ? tokens.indexOf("}", at) : at;
      const inside = tokens.slice(at + 2, end);
      selections.push({
        metric: token,
        labels: inside.filter((one, n) => /^[a-zA-Z_]/.test(one) && n % 4 === 0),
      });
      at = end;
    }
  }
  return { selections, grouping };
}
