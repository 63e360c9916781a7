import { countText, isWanted, type Wanted, wordsOf } from "./match.ts";
import { type Row, showRows } from "./rows.ts";

const CHOICES = ["practice", "namespace", "rule"] as const;

/** The form above the findings, and whatever else in the page narrows them. */
export class Filters {
  readonly #form: HTMLFormElement;
  readonly #search: HTMLInputElement;
  readonly #only: HTMLElement;
  readonly #rows: readonly Row[];
  #objects: readonly string[] | undefined;

  constructor(form: HTMLFormElement, rows: readonly Row[]) {
    this.#form = form;
    this.#rows = rows;
    this.#search = form.querySelector("#search") as HTMLInputElement;
    this.#only = form.querySelector("#only") as HTMLElement;
    form.addEventListener("input", () => this.apply());
    form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("#clear")?.addEventListener("click", () => this.clear());
    this.#only.addEventListener("click", () => {
      this.#narrowTo(undefined, "");
      this.#search.focus();
    });
  }

  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  clear(): void {
    this.#form.reset();
    this.#narrowTo(undefined, "");
  }

  /** One choice and nothing else, as a link elsewhere in the page asks. */
  choose(name: string, value: string): void {
    this.#form.reset();
    const select = this.#choice(name);
    if (select !== null) select.value = value;
    this.#narrowTo(undefined, "");
  }

  /** The findings of some objects and nothing else. */
  only(objects: readonly string[], label: string): void {
    this.#form.reset();
    this.#narrowTo(objects, label);
  }

  apply(): void {
    const wanted = this.#wanted();
    const shown = showRows(this.#rows, (row) => isWanted(row, wanted));
    const all = this.#rows.length;
    const output = this.#form.querySelector("#shown");
    if (output !== null) output.textContent = countText(shown, all);
    this.#only.hidden = this.#objects === undefined;
    const isNarrowed = this.#search.value !== "" || this.#objects !== undefined || shown < all;
    // The numbers beside the headings speak of all findings.
    this.#form.parentElement?.classList.toggle("narrowed", shown < all);
    (this.#form.querySelector("#clear") as HTMLButtonElement).disabled = !isNarrowed;
  }

  #narrowTo(objects: readonly string[] | undefined, label: string): void {
    this.#objects = objects;
    this.#only.textContent = `Only ${label}: show all`;
    this.apply();
  }

  #wanted(): Wanted {
    const checked = this.#form.querySelectorAll<HTMLInputElement>("input[name=mode]:checked");
    const [practice = "", namespace = "", rule = ""] = CHOICES.map(
      (name) => this.#choice(name)?.value,
    );
    return {
      modes: [...checked].map(({ value }) => value),
      practice,
      namespace,
      rule,
      objects: this.#objects,
      words: wordsOf(this.#search.value),
    };
  }

  #choice(name: string): HTMLSelectElement | null {
    return this.#form.querySelector<HTMLSelectElement>(`select#${name}`);
  }
}
