/** What the tests of a rule prove, as a reader sees it. */
export interface RuleExamples {
  readonly bad?: { readonly yaml: string; readonly messages: readonly string[] };
  /** YAML. */
  readonly good?: string;
  readonly filledIn?: {
    readonly yaml: string;
    readonly additions: readonly string[];
    readonly warnings: readonly string[];
  };
}
