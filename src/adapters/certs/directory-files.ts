import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CERTIFICATE_FILES, type CertificateFile, type CertificateSet } from "./certificate-set.ts";

/**
 * Reads the four files; one that is missing is empty, and so are all when there is no such folder.
 * @throws Error when a file is there but cannot be read
 */
export async function readCertificateFiles(directory: string): Promise<CertificateSet> {
  const [caCert, caKey, cert, key] = await Promise.all(
    CERTIFICATE_FILES.map((file) => readOptional(join(directory, file))),
  );
  return {
    "ca.crt": caCert ?? "",
    "ca.key": caKey ?? "",
    "tls.crt": cert ?? "",
    "tls.key": key ?? "",
  };
}

/**
 * Writes the files that differ from `before`, each whole or not at all, in the order of
 * `CERTIFICATE_FILES`: an interruption leaves a state that the next start understands.
 * @throws Error when the folder cannot be written
 */
export async function writeCertificateFiles(
  directory: string,
  next: CertificateSet,
  before: CertificateSet,
): Promise<void> {
  const staged = CERTIFICATE_FILES.filter((file) => next[file] !== before[file]).map((file) => ({
    from: join(directory, `.${file}.${randomUUID()}.tmp`),
    to: join(directory, file),
    text: next[file],
    mode: modeOf(file),
  }));
  try {
    // All at once: flushing is what takes time. Nothing is in place before everything is on disk.
    const writes = staged.map(({ from, text, mode }) => writeFlushed(from, text, mode));
    const failed = (await Promise.allSettled(writes)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    for (const { from, to } of staged) await rename(from, to);
  } finally {
    await Promise.all(staged.map(({ from }) => rm(from, { force: true })));
  }
}

async function writeFlushed(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(path, "wx", mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function createDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return;
    // Recursive from the start would call a read-only file system ENOENT.
    if (code !== "ENOENT") throw error;
    await mkdir(directory, { recursive: true });
  }
}

/** `code` of a system error such as ENOENT; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

async function readOptional(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return "";
    throw error;
  }
}

function modeOf(file: CertificateFile): number {
  return file.endsWith(".key") ? 0o600 : 0o644;
}
