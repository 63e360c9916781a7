import { table } from "../../src/cli/rules/markdown.ts";
import { GROUPS } from "../../test/e2e/bypass/tries.ts";
import type { Group, Outcome } from "../../test/e2e/bypass/try.ts";
import { GENERATED, type Generator } from "./artifact.ts";

/** docs/bypass.md, from the same table that the tests run on a real API server. */
export const bypass: Generator = {
  name: "bypass",
  files: async () => new Map([["docs/bypass.md", bypassPage(GROUPS)]]),
};

export function bypassPage(groups: readonly Group[]): string {
  const tries = groups.flatMap((group) => group.tries);
  const open = tries.filter(({ outcome }) => outcome.by === "nobody");
  const parts = [
    `<!-- ${GENERATED}. -->`,
    "# Getting past the guard",
    `${tries.length} tries to get past the guard, made on a real API server against the guard as shipped. ` +
      `${tries.length - open.length} come to nothing; ${open.length} get through, some of them with a warning: ` +
      "they are listed first, with what shows them. A try that ends otherwise than this page says fails its test.",
    "```sh\nnode --test test/e2e/bypass/bypass.e2e.test.ts\n```",
    "The test of a try is called `<id>: <the try>`. Where a role is named, the one who tries may `edit` " +
      "the namespaces of the platform, as the ClusterRole of that name has it; all others are made by a " +
      "cluster administrator, so that nothing but admission is in the way.",
    "## What gets through",
    table(
      ["Id", "The try", "Why, and what shows it"],
      open.map(({ id, what, outcome, how }) => [`\`${id}\``, what, `${told(outcome)}${how}`]),
    ),
    ...groups.flatMap((group) => [
      `## ${group.title}`,
      table(
        ["Id", "The try", "What happens", "By which mechanism"],
        group.tries.map((one) => [`\`${one.id}\``, one.what, happens(one.outcome), one.how]),
      ),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function told(outcome: Outcome): string {
  const warns = outcome.by === "nobody" ? (outcome.warns ?? []) : [];
  return warns.length === 0 ? "" : `warned of by ${warns.map(link).join(", ")}; `;
}

function happens(outcome: Outcome): string {
  switch (outcome.by) {
    case "guard":
      return `refused by ${outcome.rules.map(link).join(", ")}`;
    case "api-server":
      return "refused by the API server";
    case "rbac":
      return "forbidden by RBAC";
    case "no-effect":
      return "taken, without effect";
    case "nobody": {
      const warns = outcome.warns ?? [];
      return warns.length === 0
        ? "**gets through**"
        : `**gets through**, warned by ${warns.map(link).join(", ")}`;
    }
  }
}

function link(rule: string): string {
  return `[${rule}](rules/${rule}.md)`;
}
