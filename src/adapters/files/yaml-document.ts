import {
  type Document,
  type DocumentOptions,
  type ParsedNode,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
  type Tags,
} from "yaml";

/** A parsed document whose nodes know their offsets. */
export type Yaml = Document.Parsed<ParsedNode>;

/**
 * Scalars as kubectl reads them: YAML 1.1, so that a bare `yes` or `0777` is what the API server
 * would get. Dates stay text, and base 60 is unknown to kubectl.
 */
export const YAML_OPTIONS = {
  schema: "yaml-1.1",
  customTags: kubectlTags,
  merge: true,
  prettyErrors: false,
  // Checked by inspect(), in linear time.
  uniqueKeys: false,
  logLevel: "silent",
} as const satisfies ParseOptions & DocumentOptions & SchemaOptions;

export function parseYaml(text: string): Yaml {
  return parseDocument(text, YAML_OPTIONS);
}

function kubectlTags(tags: Tags): Tags {
  return tags.filter((tag) => {
    if (typeof tag === "string") return true;
    return !("format" in tag && tag.format === "TIME") && !tag.tag.endsWith(":timestamp");
  });
}

/** How often anchors may be repeated: far above any real file, far below an alias bomb. */
const MAX_ALIASES = 1000;

export function plainValueOf(document: Yaml): unknown {
  return document.toJS({ maxAliasCount: MAX_ALIASES });
}

/** A key or scalar as the text that JSON makes of it. */
export function scalarText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
