// Imports the files it is given and prints the expressions that they put together meanwhile.
import { relative } from "node:path";

const [root = "", ...paths] = process.argv.slice(2);
const found: { place: string; source: string; flags: string }[] = [];

globalThis.RegExp = new Proxy(RegExp, {
  construct(target, parts, newTarget) {
    const built = Reflect.construct(target, parts, newTarget);
    const [, file, line] =
      /file:\/\/(.*):(\d+):\d+/.exec(new Error().stack?.split("\n")[2] ?? "") ?? [];
    const place = `${relative(root, file ?? "")}:${line}`;
    found.push({ place, source: built.source, flags: built.flags });
    return built;
  },
});

for (const path of paths) await import(`${root}/${path}`);
process.stdout.write(
  JSON.stringify(found.filter(({ place }) => paths.includes(place.split(":")[0] ?? ""))),
);
