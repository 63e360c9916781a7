import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { CertificateSet } from "../../../../src/adapters/certs/certificate-set.ts";
import { readCertificateFiles } from "../../../../src/adapters/certs/directory-files.ts";
import { DirectorySource } from "../../../../src/adapters/certs/directory-source.ts";
import type { IssueOptions } from "../../../../src/adapters/certs/issue.ts";
import { ISSUE } from "./certificates.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeLogger } from "./fake-logger.ts";
import { untilEnd } from "./scratch.ts";

/** One source on a real folder, with a clock of its own. */
export class DirectoryBench {
  readonly clock = new FakeClock();
  readonly logger = new FakeLogger();
  readonly directory: string;
  readonly source: DirectorySource;
  readonly served: string[] = [];

  constructor(directory: string, issue: Partial<IssueOptions> = {}, clock = new FakeClock()) {
    this.clock = clock;
    this.directory = directory;
    const { logger } = this;
    this.source = new DirectorySource({
      directory,
      issue: { ...ISSUE, ...issue },
      clock,
      logger,
      random: () => 0.5,
    });
    this.source.onChange((certificate) => this.served.push(certificate.fingerprint));
  }

  files(): Promise<CertificateSet> {
    return readCertificateFiles(this.directory);
  }

  get detail(): string {
    return this.source.health().detail;
  }
}

export async function started(
  t: TestContext,
  directory: string,
  issue: Partial<IssueOptions> = {},
): Promise<DirectoryBench> {
  const bench = new DirectoryBench(directory, issue);
  await bench.source.start(untilEnd(t));
  return bench;
}

/** Puts files into a folder, which is made if need be. */
export function writeFiles(directory: string, files: Partial<CertificateSet>): void {
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
}
