import type { Clock } from "../../usecases/ports/clock.ts";
import { CERTIFICATE_FILES, type CertificateFile } from "./certificate-set.ts";
import { createDirectory, readCertificateFiles, writeCertificateFiles } from "./directory-files.ts";
import { withDirectoryLock } from "./directory-lock.ts";
import { planDirectory } from "./directory-plan.ts";
import { describeSet, type SetDescription } from "./inspect.ts";
import { type IssueOptions, issueSet } from "./issue.ts";

export interface GenerateOptions {
  readonly directory: string;
  readonly issue: IssueOptions;
  readonly clock: Clock;
}

export type GenerateResult =
  | {
      readonly ok: true;
      /** Empty when everything was there, valid and for these names. */
      readonly written: readonly CertificateFile[];
      readonly description: SetDescription;
    }
  /** The folder holds files that must not be overwritten; a clause says why. */
  | { readonly ok: false; readonly reason: string };

/**
 * Writes what a folder lacks: CA and leaf, or only a leaf from the CA that is there.
 * @throws Error when the folder cannot be written, TypeError for a malformed name
 */
export async function generateCertificates(options: GenerateOptions): Promise<GenerateResult> {
  const { clock, directory, issue } = options;
  await createDirectory(directory);
  return await withDirectoryLock(directory, clock, async () => {
    const expected = { names: issue.names, now: clock.now() };
    const before = await readCertificateFiles(directory);
    const plan = planDirectory(before, expected);
    if (plan.kind === "leave") return { ok: false, reason: plan.reason };
    const after =
      plan.kind === "serve" ? before : await issueSet(before, plan, issue, expected.now);
    await writeCertificateFiles(directory, after, before);
    return {
      ok: true,
      written: CERTIFICATE_FILES.filter((file) => after[file] !== before[file]),
      description: describeSet(after, expected),
    };
  });
}
