import { Counter, Gauge, type Registry } from "prom-client";

type Labels = Readonly<Record<string, string>>;
type Setter = (value: number, labels?: Labels) => void;

/** A gauge filled by `read` at each scrape; what `read` leaves out has no series. */
export function gauge(
  registry: Registry,
  name: string,
  help: string,
  read: (set: Setter) => void,
  labelNames: readonly string[] = [],
): void {
  new Gauge({
    ...described(registry, name, help, labelNames),
    collect() {
      this.reset();
      // Without labels it starts with a 0 that nobody measured.
      if (labelNames.length === 0) this.remove();
      tolerant(() => read((value, labels = {}) => this.set(labels, value)));
    },
  });
}

/** The same for what something else has counted since the start. */
export function counter(
  registry: Registry,
  name: string,
  help: string,
  read: (set: Setter) => void,
  labelNames: readonly string[],
): void {
  new Counter({
    ...described(registry, name, help, labelNames),
    collect() {
      this.reset();
      tolerant(() => read((value, labels = {}) => this.inc(labels, value)));
    },
  });
}

function described(registry: Registry, name: string, help: string, labelNames: readonly string[]) {
  return {
    name: `keymate_guard_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  };
}

/** One source that cannot be read must not cost the whole page. */
function tolerant(read: () => void): void {
  try {
    read();
  } catch {
    // Its series are missing, which is what is known about it.
  }
}
