/** For `node --import`: writes the URL of every module that is loaded to the file TRACE_MODULES. */
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";

const file = process.env["TRACE_MODULES"] ?? "";

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(file, `${url}\n`);
    return nextLoad(url, context);
  },
});
