import { SourceFile } from "./source-file.ts";

/** More than any rendered release needs, and what still fits into memory once parsed. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;

const BOM = "\uFEFF";
const BINARY_PROBE = 64 * 1024;

export type Decoded =
  | { readonly file: SourceFile }
  | { readonly file: undefined; readonly message: string; readonly fix: string };

/** Bytes to text, strictly: a replaced character would be judged and, worse, written back. */
export function decodeText(path: string, bytes: Uint8Array): Decoded {
  if (bytes.length > MAX_FILE_BYTES) return tooLarge();
  if (isUtf16(bytes)) {
    return refuse("the file is UTF-16, not UTF-8", "save it as UTF-8 (PowerShell: Out-File utf8)");
  }
  if (bytes.subarray(0, BINARY_PROBE).includes(0)) {
    return refuse("the file is binary", "name the manifests only");
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const bom = text.startsWith(BOM);
    return { file: new SourceFile(path, bom ? text.slice(1) : text, bom) };
  } catch {
    return refuse("the file is not valid UTF-8", "save it as UTF-8");
  }
}

/** What is said about a file that is not even opened for its size. */
export function tooLarge(): Extract<Decoded, { file: undefined }> {
  const limit = MAX_FILE_BYTES / 1024 / 1024;
  return refuse(`the file is larger than ${limit} MiB`, "split it into several files");
}

/** The bytes to write for a text that was read as this file. */
export function encodeText(file: SourceFile, text: string): Uint8Array {
  return new TextEncoder().encode(file.bom ? BOM + text : text);
}

function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function refuse(message: string, fix: string): Extract<Decoded, { file: undefined }> {
  return { file: undefined, message, fix };
}
