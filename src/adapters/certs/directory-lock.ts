import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../usecases/ports/clock.ts";
import { errorCode } from "./directory-files.ts";

const LOCK_FILE = ".keymate-guard.lock";
const POLL_MS = 25;
/** A holder needs some ten milliseconds: whoever is seen this long has died. */
const ABANDONED_MS = 3000;

/**
 * Runs `action` while no other process is in one for the same folder.
 * @throws Error when the folder cannot be written
 */
export async function withDirectoryLock<T>(
  directory: string,
  clock: Clock,
  action: () => Promise<T>,
): Promise<T> {
  const path = join(directory, LOCK_FILE);
  const token = randomUUID();
  // The clock's timers alone would let a process end while it waits.
  const alive = setInterval(() => undefined, 60_000);
  await acquire(path, token, clock).finally(() => clearInterval(alive));
  try {
    return await action();
  } finally {
    await removeIf(path, token);
  }
}

async function acquire(path: string, token: string, clock: Clock): Promise<void> {
  let holder: string | undefined;
  let seenMs = 0;
  while (!(await tryCreate(path, token))) {
    const present = await readToken(path);
    // Counted in polls, not in clock readings: holder and waiter may disagree about the time.
    seenMs = present === holder ? seenMs + POLL_MS : 0;
    holder = present;
    if (holder !== undefined && seenMs >= ABANDONED_MS) await removeIf(path, holder);
    else await clock.sleep(POLL_MS);
  }
}

async function tryCreate(path: string, token: string): Promise<boolean> {
  const staged = `${path}.${token}`;
  try {
    // Linked into place with its content, so that nobody ever reads an empty lock.
    await writeFile(staged, token, { flag: "wx", mode: 0o600 });
    await link(staged, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(staged, { force: true });
  }
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Removes the lock of `token` and puts back anybody else's that took its place meanwhile. */
async function removeIf(path: string, token: string): Promise<void> {
  if ((await readToken(path)) !== token) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readToken(aside)) !== token) await link(aside, path);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    await rm(aside, { force: true });
  }
}
