import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Report } from "../../src/usecases/report.ts";
import { brokenReport } from "../support/broken-report.ts";
import type { Page } from "../support/browser/page.ts";
import { seen, stage } from "./support.ts";

const { show } = stage();

/** With everything that a page may hold. */
const full: Report = (() => {
  const broken = brokenReport();
  const [finding] = broken.findings;
  if (finding === undefined) throw new Error("the example is broken no longer");
  const skip = {
    rule: "net-mtls",
    object: finding.object,
    reason: "PeerAuthentication is not installed",
  };
  const line = { rules: ["pdb-required"], evidence: ["PodDisruptionBudget platform-data/db"] };
  const statuses = ["pass", "warn", "fail", "not-verified", "not-applicable"] as const;
  return {
    ...broken,
    practices: broken.practices.map((practice, index) => ({
      ...practice,
      status: statuses[index % statuses.length] ?? "pass",
    })),
    skipped: [skip, { ...skip, object: { ...finding.object, name: "other" } }],
    readiness: statuses.map((status) => ({
      id: status,
      title: `A line: ${status}`,
      status,
      ...line,
    })),
  };
})();

/** Text whose contrast with what lies behind it is below WCAG AA, computed as the guideline says. */
const LOW_CONTRAST = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ratio = (one, two) => {
    const [light, dark] = [luminance(one), luminance(two)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3) return color;
      if (color[3] !== 0) throw new Error("a translucent background");
    }
    throw new Error("no background");
  };
  const low = new Set();
  let looked = 0;
  const look = (element, style, words) => {
    const color = parse(style.color);
    if (color.length !== 3) throw new Error("translucent text: " + words);
    looked++;
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(color, behind(element));
    if (found < (large ? 3 : 4.5)) low.add(words + " " + found.toFixed(2));
  };
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility()) continue;
    const words = [...element.childNodes].filter((node) => node.nodeType === 3)
      .map((node) => node.data.trim()).join("");
    if (words !== "") look(element, getComputedStyle(element), words);
    if (element.placeholder) look(element, getComputedStyle(element, "::placeholder"), element.placeholder);
  }
  return { looked, low: [...low] };
})()`;

suite("themes", () => {
  for (const theme of ["light", "dark"] as const) {
    test(`every text of the ${theme} theme has the contrast of WCAG AA`, async () => {
      const page = await show(full, { theme });
      await page.evaluate(
        "for (const one of document.querySelectorAll('details')) one.open = true",
      );
      const { looked, low } = await page.evaluate<{ looked: number; low: string[] }>(LOW_CONTRAST);
      assert.ok(looked > 300, `${looked} texts`);
      assert.deepEqual(low, []);
      await page.close();
    });
  }

  test("the system's theme holds until the reader asks for the other one, which a reload keeps", async () => {
    const page = await show(full, { theme: "dark" });
    const paper = () =>
      page.evaluate<string>("getComputedStyle(document.documentElement).backgroundColor");
    const dark = await paper();
    await page.emulate({ theme: "light" });
    const light = await paper();
    assert.notEqual(light, dark);
    assert.equal(await page.evaluate("document.querySelector('#theme').textContent"), "Dark theme");
    await page.evaluate("document.querySelector('#theme').click()");
    assert.equal(await paper(), dark);
    assert.equal(
      await page.evaluate("document.querySelector('#theme').textContent"),
      "Light theme",
    );
    await page.go(await page.evaluate("location.href"));
    assert.equal(await paper(), dark);
    await page.close();
  });
});

suite("the keyboard", () => {
  const focused = (page: Page) =>
    page.evaluate<{ what: string; visible: boolean }>(`(() => {
      const one = document.activeElement;
      const style = getComputedStyle(one);
      return {
        what: one.id || one.name || one.dataset.value || one.dataset.only || one.textContent.trim(),
        visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      };
    })()`);

  test("walks from the skip link through practices and map to the filters, and can be followed", async () => {
    const page = await show(full);
    const order = await page.evaluate<string[]>(`
      [...document.querySelectorAll("a, button, input, select, summary")]
        .filter((one) => one.checkVisibility() && !one.disabled)
        .map((one) => one.id || one.name || one.dataset.value || one.dataset.only || one.textContent.trim())`);
    const walk = order.slice(0, order.indexOf("rule") + 1);
    assert.equal(walk[0], "Skip to the findings");
    for (const expected of walk) {
      await page.press("Tab");
      assert.deepEqual(await focused(page), { what: expected, visible: true });
    }
    await page.close();
  });

  test("skips to the findings by the first link", async () => {
    const page = await show(full);
    await page.press("Tab");
    await page.press("Enter");
    assert.equal(await page.evaluate("location.hash"), "#findings");
    await page.press("Tab");
    assert.equal((await focused(page)).what, "search");
    await page.close();
  });

  test("searches by /, types a / where one types, and takes everything back by Escape", async () => {
    const page = await show(full);
    await page.press("/");
    assert.equal((await focused(page)).what, "search");
    await page.type("a/b");
    assert.equal(await page.evaluate("document.querySelector('#search').value"), "a/b");
    await page.press("Escape");
    assert.equal(await page.evaluate("document.querySelector('#search').value"), "");
    assert.equal(await seen(page), full.findings.length);
    await page.close();
  });

  test("narrows by Enter on a box of the map, which moves on to the findings", async () => {
    const page = await show(full);
    await page.evaluate("document.querySelector('.map a.box').focus()");
    await page.press("Enter");
    assert.equal((await focused(page)).what, "findings");
    assert.ok((await seen(page)) < full.findings.length);
    await page.close();
  });
});

test("a screen reader finds landmarks, a heading for each level and a name for each control", async () => {
  const page = await show(full);
  const { nodes } = await page.send("Accessibility.getFullAXTree");
  interface Node {
    readonly ignored: boolean;
    readonly role?: { readonly value: string };
    readonly name?: { readonly value: string };
    readonly properties?: readonly {
      readonly name: string;
      readonly value: { readonly value: number };
    }[];
  }
  const said = (nodes as Node[]).filter(({ ignored }) => !ignored);
  const role = (wanted: string) => said.filter((node) => node.role?.value === wanted);
  for (const landmark of ["banner", "main", "search"])
    assert.equal(role(landmark).length, 1, landmark);
  assert.deepEqual(
    role("region").map(({ name }) => name?.value),
    ["Fail", "Ready for production?", "Practices", "Layers", "Findings", "Not verified", "Rules"],
  );
  for (const control of [
    "button",
    "link",
    "checkbox",
    "combobox",
    "searchbox",
    "table",
    "status",
  ]) {
    assert.ok(role(control).length > 0, control);
    if (control === "table" || control === "status") continue;
    assert.deepEqual(
      role(control).filter(({ name }) => !name?.value),
      [],
      control,
    );
  }
  const levels = role("heading").map(
    ({ properties = [] }) => properties.find(({ name }) => name === "level")?.value.value ?? 0,
  );
  assert.equal(levels[0], 1);
  levels.reduce((before, level) => {
    assert.ok(level <= before + 1, `a heading of level ${level} follows one of ${before}`);
    return level;
  });
  await page.close();
});

suite("the width", () => {
  for (const width of [320, 360, 768]) {
    test(`of ${width} pixels needs no scrolling sideways, whatever the names`, async () => {
      const long = "x".repeat(250);
      const [first, ...rest] = full.findings;
      if (first === undefined) throw new Error("no finding");
      const wide = {
        ...first,
        message: long,
        fix: long,
        path: long,
        object: { ...first.object, name: long, namespace: long },
        source: { file: `${long}.yaml`, line: 1 },
      };
      const page = await show({ ...full, findings: [wide, ...rest] }, { width });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      await page.close();
    });
  }
});

test("print shows every finding whatever the filter, opens all details and leaves the controls out", async () => {
  const page = await show(full);
  await page.press("/");
  await page.type("nothing of the kind");
  assert.equal(await seen(page), 0);
  await page.emulate({ media: "print", theme: "dark" });
  assert.equal(await seen(page), full.findings.length);
  const shown = (selector: string) =>
    page.evaluate<boolean[]>(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.checkVisibility({ contentVisibilityAuto: true }))`,
    );
  assert.deepEqual(new Set(await shown("details li")), new Set([true]));
  assert.deepEqual(new Set(await shown(".script, .skip")), new Set([false]));
  assert.equal(
    await page.evaluate("getComputedStyle(document.querySelector('h1 ~ p')).color"),
    "rgb(29, 33, 37)",
    "dark ink, whatever the theme",
  );
  const pdf = await page.pdf();
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  await page.close();
});
