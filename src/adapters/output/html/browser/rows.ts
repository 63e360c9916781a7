import type { Entry } from "./match.ts";

export interface Row extends Entry {
  readonly element: HTMLElement;
}

/** Every finding of the page; the page itself is the data. */
export function readRows(): readonly Row[] {
  const rows: Row[] = [];
  for (const article of document.querySelectorAll<HTMLElement>(".findings article")) {
    const around = `${article.querySelector("h5")?.textContent ?? ""} ${article.dataset["c"] ?? ""}`;
    for (const element of article.querySelectorAll<HTMLElement>("li")) {
      rows.push(rowOf(element, article, around));
    }
  }
  return rows;
}

function rowOf(element: HTMLElement, article: HTMLElement, around: string): Row {
  const { m: mode = "", p: practice = "", r: rule = "" } = element.dataset;
  let text: string | undefined;
  return {
    element,
    mode,
    practice,
    rule,
    namespace: article.dataset["ns"] ?? "",
    object: article.id,
    text: () => {
      // Spaces between the parts, so that no word arises where two of them meet.
      text ??= [...element.querySelectorAll("p, a, code"), element.firstElementChild]
        .map((part) => part?.textContent)
        .concat(around, practice)
        .join(" ")
        .toLowerCase();
      return text;
    },
  };
}

/** Hides rows, and whatever holds nothing else. Print shows them all the same. */
export function showRows(rows: readonly Row[], isShown: (row: Row) => boolean): number {
  const full = new Set<Element>();
  let shown = 0;
  for (const row of rows) {
    const visible = isShown(row);
    row.element.classList.toggle("out", !visible);
    if (!visible) continue;
    shown++;
    const article = row.element.closest("article");
    if (article === null || full.has(article)) continue;
    for (const holder of [article, article.closest(".component"), article.closest(".place")]) {
      if (holder !== null) full.add(holder);
    }
  }
  for (const holder of document.querySelectorAll(
    ".findings article, .findings .component, .findings .place",
  )) {
    holder.classList.toggle("out", !full.has(holder));
  }
  return shown;
}
