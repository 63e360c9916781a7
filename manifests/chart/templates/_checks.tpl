{{- /* What the schema cannot say: values that contradict each other. Included once, by the Deployment. */}}
{{- define "keymate-guard.checks" -}}
{{- $manager := .Values.certificates.certManager.enabled }}
{{- if and $manager (not (include "keymate-guard.usesFiles" .)) }}
{{- fail "certificates.certManager.enabled makes a Secret that nobody reads: set serve.certSource to files" }}
{{- end }}
{{- if and .Values.podDisruptionBudget.enabled (ge (int .Values.podDisruptionBudget.minAvailable) (int .Values.replicas)) }}
{{- fail (printf "podDisruptionBudget.minAvailable %d of %d replicas would let no node be drained: raise replicas, or lower minAvailable" (int .Values.podDisruptionBudget.minAvailable) (int .Values.replicas)) }}
{{- end }}
{{- if eq (int (.Values.serve.port | default 8443)) (int (.Values.serve.opsPort | default 8081)) }}
{{- fail "serve.port and serve.opsPort must differ" }}
{{- end }}
{{- if eq (int .Values.service.port) (int .Values.service.opsPort) }}
{{- fail "service.port and service.opsPort must differ" }}
{{- end }}
{{- $mode := .Values.serve.cluster | default "auto" }}
{{- if and (eq $mode "none") (eq (toString .Values.serve.manageWebhooks) "true") }}
{{- fail "serve.manageWebhooks writes to a cluster, but serve.cluster is none: leave one of them out" }}
{{- end }}
{{- if and .Values.audit.enabled (not (.Files.Get "files/audit-rules.yaml")) }}
{{- fail "audit.enabled: this version has no `keymate-guard audit --watch`" }}
{{- end }}
{{- end }}

{{- /* A file that `npm run gen` puts into the chart. Takes root, file and the value that asks for it. */}}
{{- define "keymate-guard.file" -}}
{{- $text := .root.Files.Get (printf "files/%s" .file) -}}
{{- if not $text -}}
{{- fail (printf "%s: this chart was packaged without files/%s" .value .file) -}}
{{- end -}}
{{- $text -}}
{{- end }}
