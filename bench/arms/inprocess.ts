import type { AdmissionPath } from "../../src/usecases/ports/admission.ts";
import type { Arm } from "../support/arm.ts";
import { inProcessGuard } from "../support/in-process-guard.ts";
import { sized, VARIANTS } from "../support/reviews.ts";
import { short } from "../support/stats.ts";

const SIZES = [3_000, 6_500, 14_000];
const PATHS: readonly AdmissionPath[] = ["/validate", "/mutate"];
const BATCH = 200;

interface Subject {
  readonly bytes: number;
  readonly what: string;
  readonly run: () => void;
  /** All rounds together: the kernel counts in steps of milliseconds. */
  us: number;
}

/** Processor time of one review without any I/O, beside what the JSON alone costs. Other processes do not count. */
export const inprocess: Arm = async ({ quick, progress }) => {
  const answer = await inProcessGuard();
  const subjects = SIZES.flatMap((bytes) => subjectsOf(bytes, answer));
  const rounds = quick ? 20 : 120;
  for (let round = -rounds / 4; round < rounds; round++) {
    for (const subject of subjects) {
      const before = process.threadCpuUsage();
      for (let call = 0; call < BATCH; call++) subject.run();
      const { user, system } = process.threadCpuUsage(before);
      // The first rounds are for the compiler.
      if (round >= 0) subject.us += user + system;
      // Log lines are written between the batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (round % 20 === 0) progress(`round ${round} of ${rounds}`);
  }
  const rows = SIZES.map((bytes) => {
    const here = subjects.filter((subject) => subject.bytes === bytes);
    const each = (subject: Subject | undefined) => (subject?.us ?? 0) / rounds / BATCH;
    const json = each(here[0]);
    return [
      `${bytes / 1_000} KB`,
      short(json),
      ...here.slice(1).map((subject) => {
        const us = each(subject);
        return `${short(us)} (${short(us / json)})`;
      }),
    ];
  });
  const names = subjects.filter(({ bytes }) => bytes === SIZES[0]).map(({ what }) => what);
  return {
    title: "One review in process, µs (ratio to the JSON alone)",
    columns: ["review", ...names],
    rows,
    targets: [],
    raw: subjects.map(({ bytes, what, us }) => ({ bytes, what, us: us / rounds / BATCH })),
  };
};

function subjectsOf(
  bytes: number,
  answer: Awaited<ReturnType<typeof inProcessGuard>>,
): readonly Subject[] {
  const bodies = VARIANTS.map((variant) => Buffer.from(sized(variant, bytes)));
  let turn = 0;
  const json = () => {
    JSON.stringify(JSON.parse((bodies[turn++ % 2] as Buffer).toString("utf8")));
  };
  return [
    { bytes, what: "JSON.parse + JSON.stringify", run: json, us: 0 },
    ...PATHS.flatMap((path) =>
      VARIANTS.map((variant, index) => {
        const decide = answer(path);
        const body = bodies[index] as Buffer;
        return { bytes, what: `${path.slice(1)} ${variant}`, run: () => decide(body), us: 0 };
      }),
    ),
  ];
}
