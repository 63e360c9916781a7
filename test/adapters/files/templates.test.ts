import assert from "node:assert/strict";
import { test } from "node:test";
import { problemsOf, read } from "./workspace.ts";

const MESSAGE = "the document is a template that is not rendered yet: it holds {{";

const object = (body: string, kind = "apps/v1\nkind: Deployment") =>
  `apiVersion: ${kind}\nmetadata:\n  name: a\n${body}`;

const TEMPLATES: Readonly<Record<string, [text: string, line: number]>> = {
  "a bare action as a value": [object("spec:\n  replicas: {{ .Values.replicas }}\n"), 6],
  "a quoted action": [object('spec:\n  image: "{{ .Values.image }}"\n'), 6],
  "a quoted action of another engine": [object('spec:\n  image: "{{ image }}"\n'), 6],
  "a name": ['apiVersion: v1\nkind: Service\nmetadata: {name: "{{ name }}"}\n', 3],
  "an action on its own line": [object("spec:\n  {{- if .Values.x }}\n  a: 1\n  {{- end }}\n"), 6],
  "a function": [object('  labels: {{ include "chart.labels" . | nindent 4 }}\n'), 5],
  "a function in a pipeline": [object("spec: {{- toYaml .Values.spec | nindent 2 }}\n"), 5],
  "text for a program": [
    object("data:\n  a: |\n    host={{ .Values.host }}\n", "v1\nkind: ConfigMap"),
    7,
  ],
  "a comment of a chart": [object("# {{- with $.Values.x }}\nspec: {a: 1}\n"), 5],
};

for (const [what, [text, line]] of Object.entries(TEMPLATES)) {
  test(`an unrendered template is named as such: ${what}`, () => {
    assert.deepEqual(problemsOf(text), [`${line}: ${MESSAGE}`]);
    assert.match(read(text).problems[0]?.fix ?? "", /helm template/);
  });
}

const RENDERED: Readonly<Record<string, string>> = {
  "an alert rule": object(
    'spec:\n  summary: "{{ $labels.pod }} at {{ $value | humanize }}"\n',
    "monitoring.coreos.com/v1\nkind: PrometheusRule",
  ),
  "a dashboard": object('data:\n  a.json: \'{"legend": "{{pod}}"}\'\n', "v1\nkind: ConfigMap"),
  "an Alertmanager template": object(
    'data:\n  a: |\n    {{ define "x" }}{{ template "y" . }}{{ .CommonLabels.Values }}{{ end }}\n',
    "v1\nkind: ConfigMap",
  ),
  "a Grafana notification": object("data:\n  a: '{{ .Values.A }}'\n", "v1\nkind: ConfigMap"),
  "an argument for the program": object('spec:\n  args: ["--format={{.Names}}"]\n'),
  "an annotation": object("  annotations: {vault: '{{ with secret \"x\" }}'}\n"),
  "an ApplicationSet": object(
    "spec: {name: '{{ .Values.cluster }}'}\n",
    "argoproj.io/v1alpha1\nkind: ApplicationSet",
  ),
};

for (const [what, text] of Object.entries(RENDERED)) {
  test(`text that is meant for another program is no template: ${what}`, () => {
    assert.deepEqual(problemsOf(text), []);
    assert.equal(read(text).objects.length, 1);
  });
}

test("a template hides no other document of its stream", () => {
  const { objects, problems } = read(
    `${object("spec: {{ .Values.x }}\n")}---\n${object("spec: {}\n")}`,
  );
  assert.deepEqual([objects.length, problems.length], [1, 1]);
});

test("braces in a values file are nobody's business", () => {
  assert.deepEqual(problemsOf('host: "{{ .Release.Name }}.example"\n'), []);
});
