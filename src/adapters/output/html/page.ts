import type { Report } from "../../../usecases/report.ts";
import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from "./assets.ts";
import { html, Markup } from "./markup.ts";

/** Nothing is fetched and nothing runs but the one script and the one style below. */
const CSP = `default-src 'none'; script-src '${SCRIPT_HASH}'; style-src '${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

export function page({ door, policy, summary }: Report, body: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CSP}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${summary.verdict}: ${door} of policy ${policy}, Keymate Guard</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${body}<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
}
