import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";

/** Speaks of files, not of objects: nothing to target, and `check` itself finds what is wrong. */
export default defineRule({
  id: "file-parse",
  title: "Files can be read as manifests",
  why: "What cannot be read is not judged: a broken document or a template that is not rendered yet would pass in silence, and only the cluster would say what is wrong with it.",
  practice: "operations",
  since: "0.1.0",
  targets: [],
  needs: [],
  mode: "enforce",
  doors: ["check"],
  everywhere: true,
  reads: [],
  params: z.strictObject({}),
});
