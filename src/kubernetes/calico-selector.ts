import { type JsonObject, own } from "./json.ts";

const KEY = "([A-Za-z0-9_./-]+)";
const VALUE = `(?:"([^"]*)"|'([^']*)')`;
const COMPARISON = new RegExp(`^${KEY} *(==|!=) *${VALUE}$`);
const MEMBERSHIP = new RegExp(`^${KEY} +(not +)?in *\\{([^{}]*)\\}$`);
const PRESENCE = new RegExp(`^(! *)?has\\( *${KEY} *\\)$`);
/** Where several terms are not simply all to hold: alternatives and groups. */
const GROUPED = /\|\||(?<!has|all|global)\(/;
const MEMBER = new RegExp(`^${VALUE}$`);

/**
 * Whether a selector of Calico calls for these labels. They are all there are, or those that every
 * Pod has beside its own: then a question about another one is taken for a narrower choice. What is
 * not read here (`||`, parentheses, parts of values) may call for anything.
 */
export function callsCalico(
  selector: string | undefined,
  labels: JsonObject,
  extent: "complete" | "of every Pod",
): boolean {
  const text = selector?.trim() ?? "";
  if (text === "" || GROUPED.test(text)) return true;
  return text.split("&&").every((part) => {
    const term = part.trim();
    if (/^all\( *\)$/.test(term)) return true;
    // What belongs to no namespace.
    if (/^global\( *\)$/.test(term)) return false;
    const asked = readTerm(term);
    if (asked === undefined) return true;
    if (extent !== "complete" && own(labels, asked.key) === undefined) return false;
    return asked.holds(own(labels, asked.key));
  });
}

interface Term {
  readonly key: string;
  readonly holds: (value: unknown) => boolean;
}

/** Where a key is absent, `!=` and `not in` hold. */
function readTerm(term: string): Term | undefined {
  const comparison = COMPARISON.exec(term);
  if (comparison !== null) {
    const [, key = "", sign, double, single] = comparison;
    const wanted = double ?? single;
    return { key, holds: (value) => (value === wanted) === (sign === "==") };
  }
  const membership = MEMBERSHIP.exec(term);
  if (membership !== null) {
    const [, key = "", not, list = ""] = membership;
    const values = list.split(",").map((entry) => {
      const [, double, single] = MEMBER.exec(entry.trim()) ?? [];
      return double ?? single;
    });
    return {
      key,
      holds: (value) =>
        (value !== undefined && values.includes(`${value}`)) !== (not !== undefined),
    };
  }
  const [whole, not, key = ""] = PRESENCE.exec(term) ?? [];
  if (whole === undefined) return undefined;
  return { key, holds: (value) => (value !== undefined) === (not === undefined) };
}
