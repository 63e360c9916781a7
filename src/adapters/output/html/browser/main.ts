import { Filters } from "./filters.ts";
import { readRows } from "./rows.ts";
import { startTheme } from "./theme.ts";

start();

/** Without this script the page shows everything; with it, what the reader asks for. */
function start(): void {
  for (const control of document.querySelectorAll<HTMLElement>(".script")) control.hidden = false;
  const theme = document.getElementById("theme");
  if (theme !== null) startTheme(theme);
  addEventListener("beforeprint", openAll);
  const form = document.querySelector<HTMLFormElement>("#filters");
  if (form === null) return;
  const filters = new Filters(form, readRows());
  // A reload may have kept what was typed.
  filters.apply();
  listenToKeys(filters);
  listenToLinks(filters);
}

function openAll(): void {
  for (const details of document.querySelectorAll("details")) details.open = true;
}

function listenToKeys(filters: Filters): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") filters.clear();
    else if (event.key === "/" && !isTyping(event.target)) {
      event.preventDefault();
      filters.focusSearch();
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "search";
}

/** Links work without a script as well, only that they narrow nothing. */
function listenToLinks(filters: Filters): void {
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) {
      return;
    }
    const link = event.target.closest("a");
    if (link === null) return;
    const { set, value = "", only, label = "" } = link.dataset;
    if (set === undefined && only === undefined) return;
    event.preventDefault();
    if (set !== undefined) filters.choose(set, value);
    if (only !== undefined) filters.only(only.split(" "), label);
    const heading = document.getElementById("findings");
    heading?.scrollIntoView();
    heading?.focus({ preventScroll: true });
  });
}
