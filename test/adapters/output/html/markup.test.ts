import assert from "node:assert/strict";
import { test } from "node:test";
import { html } from "../../../../src/adapters/output/html/markup.ts";
import { plural } from "../../../../src/engine/text.ts";

test("strings in a template become text, wherever they stand", () => {
  const hostile = `"><script>alert('1')</script>&amp;`;
  assert.equal(
    html`<p title="${hostile}">${hostile}</p>`.text,
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;">' +
      "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;</p>",
  );
});

test("markup in a template stays markup, alone and in lists", () => {
  const items = ["a", "<"].map((item) => html`<li>${item}</li>`);
  assert.equal(html`<ul>${items}</ul>`.text, "<ul><li>a</li><li>&lt;</li></ul>");
  assert.equal(html`${html`<b>x</b>`}${undefined}${0}`.text, "<b>x</b>0");
});

test("control characters and bidirectional overrides are shown, lone surrogates replaced", () => {
  assert.equal(html`${"a\u0000b\u2028c\u202ed\ne"}`.text, "a\\u0000b\\u2028c\\u202ed\\u000ae");
  assert.equal(html`${"\ud800"}`.text, "\ufffd");
  assert.equal(html`${"🙂"}`.text, "🙂");
});

test("a count takes its noun along", () => {
  assert.deepEqual(
    [plural(0, "finding"), plural(1, "finding"), plural(2, "finding")],
    ["0 findings", "1 finding", "2 findings"],
  );
});
