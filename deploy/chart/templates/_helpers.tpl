{{/* On every object. */}}
{{- define "buildless.labels" -}}
app.kubernetes.io/name: buildless
app.kubernetes.io/part-of: buildless
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* An image of ours as nodes pull it: (list . NAME). */}}
{{- define "buildless.image" -}}
{{- include "buildless.mirrored" (list (index . 0) (include "buildless.namedImage" .)) }}
{{- end }}

{{/* The copy that images.registry of the configuration has of an image: (list . IMAGE); see src/kubernetes/mirrored-image.ts. */}}
{{- define "buildless.mirrored" -}}
{{- $registry := dig "images" "registry" "" (index . 0).Values.configuration | default "" }}
{{- $image := index . 1 }}
{{- if or (not $registry) (hasPrefix (printf "%s/" $registry) $image) -}}
{{ $image }}
{{- else if not (contains "/" $image) -}}
{{ $registry }}/library/{{ $image }}
{{- else -}}
{{ $registry }}/{{ regexReplaceAll "^(localhost|[^/]*[.:A-Z][^/]*)/" $image "" }}
{{- end }}
{{- end }}

{{/* Of the Pods of Buildless itself, as JSON: image.pullSecrets, and the ones that Pods of Functions get. */}}
{{- define "buildless.pullSecrets" -}}
{{- $secrets := .Values.image.pullSecrets }}
{{- range dig "images" "pullSecrets" list .Values.configuration }}
{{- $secrets = append $secrets (dict "name" .) }}
{{- end }}
{{- $secrets | uniq | toJson }}
{{- end }}

{{/* An image of ours, before images.registry: (list . NAME). */}}
{{- define "buildless.namedImage" -}}
{{- $ := index . 0 }}
{{- $name := index . 1 }}
{{- with get $.Values.image.digests $name -}}
{{ $.Values.image.registry }}/{{ $name }}@{{ . }}
{{- else -}}
{{ $.Values.image.registry }}/{{ $name }}:{{ $.Values.image.tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* Of the Deployment of the webhook. */}}
{{- define "buildless.rollingUpdate" -}}
{{- if .Values.hostNetwork.enabled -}}
# The new replica needs the port of the old one if there are no more nodes than replicas.
maxUnavailable: 1
maxSurge: 0
{{- else -}}
# A new replica is Ready, that is trusted by the API server, before an old one goes.
maxUnavailable: 0
maxSurge: 1
{{- end }}
{{- end }}

{{- define "buildless.issuer" -}}
{{- if .Values.certManager.issuerRef.name -}}
{{ toYaml .Values.certManager.issuerRef }}
{{- else -}}
kind: Issuer
name: buildless-ca
{{- end }}
{{- end }}

{{/*
Lays the second map of a list over the first, as Buildless itself does with its configuration: maps merge by key, all else
replaces. (mergeOverwrite of Sprig keeps the first value where the second is 0, false or empty.)
*/}}
{{- define "buildless.merge" -}}
{{- $target := index . 0 }}
{{- range $key, $value := index . 1 }}
{{- if and (kindIs "map" $value) (kindIs "map" (get $target $key)) }}
{{- include "buildless.merge" (list (get $target $key) $value) }}
{{- else }}
{{- $_ := set $target $key $value }}
{{- end }}
{{- end }}
{{- end }}

{{/* What differs from the defaults, as JSON: the values, and what the platform needs. */}}
{{- define "buildless.chosen" -}}
{{- $chosen := deepCopy .Values.configuration }}
{{- $security := $chosen.security | default dict }}
{{- if and .Values.openshift.enabled (not (hasKey $security "runAsUser")) }}
{{- $_ := set $chosen "security" (set $security "runAsUser" nil) }}
{{- end }}
{{- $chosen | toJson }}
{{- end }}

{{/* Of the Pods of a Deployment, as JSON: (list . ANNOTATIONS). */}}
{{- define "buildless.podAnnotations" -}}
{{- $annotations := deepCopy (index . 1) }}
{{- if (index . 0).Values.openshift.enabled }}
{{- $annotations = merge $annotations (dict "openshift.io/required-scc" "restricted-v2") }}
{{- end }}
{{- $annotations | toJson }}
{{- end }}

{{/* What is in force, as JSON: the defaults, the images of this release, the values. */}}
{{- define "buildless.configuration" -}}
{{- $configuration := .Files.Get "files/config.json" | fromJson }}
{{- $_ := set $configuration.toolkit "image" (include "buildless.namedImage" (list . "toolkit")) }}
{{- include "buildless.merge" (list $configuration (include "buildless.chosen" . | fromJson)) }}
{{- $configuration | toJson }}
{{- end }}

{{/* Sorted and each once, one a line. */}}
{{- define "buildless.lines" -}}
{{- range . | uniq | sortAlpha }}
{{- . }}
{{ end }}
{{- end }}
