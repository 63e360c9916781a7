import type { FileProblem } from "../../usecases/file-input.ts";
import { inspect } from "./inspect.ts";
import { SourceDocument } from "./source-document.ts";
import type { SourceFile } from "./source-file.ts";
import { type Chunk, splitDocuments, splitJsonValues } from "./split-documents.ts";
import { firstMark, looksLikeTemplate } from "./template-marks.ts";
import { parseYaml, plainValueOf, type Yaml } from "./yaml-document.ts";

export interface ParsedFile {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly FileProblem[];
}

type Parsed = { readonly document: SourceDocument } | { readonly problem: FileProblem };

/** Reads every document it can; a broken one is a problem of its own and hides no other. */
export function parseFile(file: SourceFile, keepTrees: boolean): ParsedFile {
  const documents: SourceDocument[] = [];
  const problems: FileProblem[] = [];
  for (const chunk of splitDocuments(file.text)) {
    for (const parsed of parseChunk(file, chunk, keepTrees)) {
      if ("document" in parsed) documents.push(parsed.document);
      else problems.push(parsed.problem);
    }
  }
  return { documents, problems };
}

function parseChunk(file: SourceFile, chunk: Chunk, keepTrees: boolean): Parsed[] {
  const parsed = parseDocumentAt(file, chunk, keepTrees);
  if ("document" in parsed || !/^\s*\{/.test(file.text.slice(chunk.start, chunk.start + 256))) {
    return [parsed];
  }
  const values = splitJsonValues(file.text, chunk);
  if (values.length < 2) return [parsed];
  return values.map((value) => parseDocumentAt(file, value, keepTrees));
}

function parseDocumentAt(file: SourceFile, chunk: Chunk, keepTrees: boolean): Parsed {
  const text = file.text.slice(chunk.start, chunk.end);
  const problemAt = (offset: number, message: string, fix: string): Parsed => ({
    problem: { file: file.path, ...file.placeAt(chunk.start + offset), message, fix },
  });
  const failed = (offset: number, message: string, fix: string): Parsed =>
    looksLikeTemplate(text)
      ? { problem: templateProblem(file, chunk) }
      : problemAt(offset, message, fix);
  try {
    const yaml = parseYaml(text);
    const error = yaml.errors[0];
    if (error !== undefined) {
      return failed(error.pos[0], syntaxMessage(error), "correct the YAML");
    }
    const flaw = inspect(yaml);
    if (flaw?.mappingKey === true) return { problem: templateOrFlaw(file, chunk, flaw) };
    if (flaw !== undefined) return problemAt(flaw.offset, flaw.message, flaw.fix);
    return { document: documentOf(file, chunk, yaml, keepTrees) };
  } catch (error) {
    const [message, fix] = thrownMessage(error);
    return problemAt(0, message, fix);
  }
}

function documentOf(
  file: SourceFile,
  chunk: Chunk,
  yaml: Yaml,
  keepTrees: boolean,
): SourceDocument {
  return new SourceDocument(file, chunk, plainValueOf(yaml), keepTrees ? yaml : undefined);
}

/** What is said about a template: one wording for all the ways in which it shows itself. */
export function templateProblem(file: SourceFile, chunk: Chunk): FileProblem {
  const text = file.text.slice(chunk.start, chunk.end);
  return {
    file: file.path,
    ...file.placeAt(chunk.start + firstMark(text)),
    message: "the document is a template that is not rendered yet: it holds {{",
    fix: "pipe the rendered output: helm template CHART | keymate-guard check -",
  };
}

function templateOrFlaw(
  file: SourceFile,
  chunk: Chunk,
  flaw: { readonly offset: number; readonly message: string; readonly fix: string },
): FileProblem {
  if (file.text.slice(chunk.start, chunk.end).includes("{{")) return templateProblem(file, chunk);
  const place = file.placeAt(chunk.start + flaw.offset);
  return { file: file.path, ...place, message: flaw.message, fix: flaw.fix };
}

function syntaxMessage(error: { readonly code: string; readonly message: string }): string {
  if (error.message.includes("call stack")) return "the document is nested too deeply";
  if (error.code === "TAB_AS_INDENT") return "a tab is used for indentation, YAML wants spaces";
  return `the document is not valid YAML: ${lowerFirst(error.message)}`;
}

function thrownMessage(error: unknown): [message: string, fix: string] {
  if (error instanceof RangeError) return ["the document is nested too deeply", "flatten it"];
  if (error instanceof ReferenceError) {
    return ["the document repeats its anchors too often", "write the values out"];
  }
  return ["the document cannot be read as YAML", "correct the YAML"];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
