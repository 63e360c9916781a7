{{- /* The metadata of an object. Takes root, and where they differ name, app, clusterWide, labels, annotations. */}}
{{- define "keymate-guard.metadata" -}}
{{- $app := .app | default "keymate-guard" -}}
name: {{ .name | default $app }}
{{- if not .clusterWide }}
namespace: {{ .root.Release.Namespace }}
{{- end }}
labels:
  {{- $own := dict
    "app.kubernetes.io/name" $app
    "app.kubernetes.io/part-of" "keymate"
    "app.kubernetes.io/instance" .root.Release.Name
    "app.kubernetes.io/version" .root.Chart.AppVersion
    "app.kubernetes.io/managed-by" .root.Release.Service
    "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_") }}
  {{- merge $own (.labels | default dict) .root.Values.commonLabels | toYaml | nindent 2 }}
{{- with merge dict (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "keymate-guard.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ $tag }}
{{- end -}}
{{- end }}

{{- /* Flags from a map of settings: opsPort: 8081 is --ops-port=8081. */}}
{{- define "keymate-guard.flags" -}}
{{- range $key, $value := . }}
- {{ printf "--%s=%s" (kebabcase $key) (kindIs "slice" $value | ternary (join "," $value) (toString $value)) | toJson }}
{{- end }}
{{- end }}

{{- define "keymate-guard.usesFiles" -}}
{{- if eq (.Values.serve.certSource | default "self-managed") "files" }}true{{ end -}}
{{- end }}

{{- /* "true" unless the entries are somebody else's to write. */}}
{{- define "keymate-guard.managesWebhooks" -}}
{{- if ne (toString .Values.serve.manageWebhooks) "false" }}true{{ end -}}
{{- end }}

{{- /* What the Pods of guard and audit share. */}}
{{- define "keymate-guard.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "keymate-guard.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "keymate-guard.placement" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "keymate-guard.probes" -}}
startupProbe:
  httpGet:
    path: /livez
    port: ops
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet:
    path: /livez
    port: ops
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet:
    path: /readyz
    port: ops
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
{{- end }}

{{- /* An empty list of peers would mean everybody. */}}
{{- define "keymate-guard.metricsIngress" -}}
{{- with .Values.networkPolicy.metricsFrom }}
- from:
    {{- toYaml . | nindent 4 }}
  ports:
    - { port: ops, protocol: TCP }
{{- end }}
{{- end }}

{{- define "keymate-guard.egress" -}}
- ports:
    {{- range .Values.networkPolicy.apiServerPorts }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- with .Values.networkPolicy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end }}
