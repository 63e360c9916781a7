const THEME = "keymate-guard-theme";

/** The system's colours until the reader asks for the other ones. */
export function startTheme(button: HTMLElement): void {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
  const label = () => {
    button.textContent = isDark() ? "Light theme" : "Dark theme";
  };
  const kept = stored();
  if (kept === "dark" || kept === "light") root.dataset["theme"] = kept;
  button.addEventListener("click", () => {
    root.dataset["theme"] = isDark() ? "light" : "dark";
    store(root.dataset["theme"]);
    label();
  });
  system.addEventListener("change", label);
  label();
}

/** Storage is refused to files in some browsers and to pages in a sandbox. */
function stored(): string | null {
  try {
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}

function store(theme: string): void {
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    // The choice then lasts as long as the page.
  }
}
