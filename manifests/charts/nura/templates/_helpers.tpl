{{/* A workload is the chart's defaults with its own values on top. */}}
{{- define "aspire.spec" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy .spec) | toJson -}}
{{- end }}

{{- define "aspire.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "aspire.labels" -}}
{{ include "aspire.selector" . }}
app.kubernetes.io/part-of: {{ .root.Chart.Name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* What pods need to start and to be reached. Argo CD waits for the pods of a wave before it applies the next one, so it must not come after any. */}}
{{- define "aspire.first" -}}
argocd.argoproj.io/sync-wave: "-3"
{{- end }}

{{/* A digest from the release file wins over a tag: what was verified is what runs. */}}
{{- define "aspire.image" -}}
{{- $image := .w.image -}}
{{- $registry := ternary .root.Values.image.registry "" (default false $image.built) -}}
{{- $repository := ternary (printf "%s/%s" $registry $image.repository) $image.repository (ne $registry "") -}}
{{- $digest := get .root.Values.images .name | default $image.digest -}}
{{- if $digest -}}
{{ $repository }}@{{ $digest }}
{{- else -}}
{{ $repository }}:{{ required (printf "workloads.%s.image.tag or images.%s is needed" .name .name) $image.tag }}
{{- end -}}
{{- end }}

{{/* Secrets come first: $(NAME) in a later value can only see variables defined before it. */}}
{{- define "aspire.env" -}}
{{- $root := .root -}}
{{- range $name, $key := .w.secretEnv }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ $root.Values.secrets.name }}
      key: {{ $key }}
{{- end }}
{{- range $name, $value := .w.env }}
- name: {{ $name }}
  value: {{ tpl (toString $value) $root | quote }}
{{- end }}
{{- end }}

{{- define "aspire.probe" -}}
{{- if eq .probe.type "http" -}}
httpGet:
  path: {{ .path }}
  port: {{ .probe.port }}
{{- else if eq .probe.type "tcp" -}}
tcpSocket:
  port: {{ .probe.port }}
{{- else -}}
exec:
  command:{{ toYaml .probe.command | nindent 4 }}
{{- end }}
{{- end }}

{{- define "aspire.probes" -}}
{{- $probe := .w.probe -}}
{{- if ne $probe.type "none" }}
startupProbe:
  {{- include "aspire.probe" (dict "probe" $probe "path" $probe.liveness) | nindent 2 }}
  periodSeconds: 2
  failureThreshold: {{ divf (int $probe.startupSeconds) 2 | ceil | int }}
livenessProbe:
  {{- include "aspire.probe" (dict "probe" $probe "path" $probe.liveness) | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  {{- include "aspire.probe" (dict "probe" $probe "path" $probe.readiness) | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 3
{{- end }}
{{- end }}

{{- define "aspire.pod" -}}
{{- $root := .root -}}{{- $name := .name -}}{{- $w := .w -}}
metadata:
  labels:
    {{- include "aspire.selector" . | nindent 4 }}
    app.kubernetes.io/part-of: {{ $root.Chart.Name }}
  {{- with $w.podAnnotations }}
  annotations:{{ toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ $w.serviceAccount | default $name }}
  # Nothing here talks to the Kubernetes API. EKS Pod Identity mounts its own token.
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- if eq $w.kind "Job" }}
  restartPolicy: Never
  {{- end }}
  terminationGracePeriodSeconds: {{ int $w.terminationGracePeriodSeconds }}
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    {{- if $w.runAsUser }}
    runAsUser: {{ int $w.runAsUser }}
    runAsGroup: {{ int $w.runAsUser }}
    fsGroup: {{ int $w.runAsUser }}
    fsGroupChangePolicy: OnRootMismatch
    {{- end }}
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: {{ $name }}
      image: {{ include "aspire.image" . }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      {{- with $w.command }}
      command:{{ toYaml . | nindent 8 }}
      {{- end }}
      {{- with $w.args }}
      args:
        {{- range . }}
        - {{ tpl . $root | quote }}
        {{- end }}
      {{- end }}
      {{- with $w.ports }}
      ports:
        {{- range . }}
        - name: {{ .name }}
          containerPort: {{ int .containerPort }}
          protocol: {{ .protocol }}
        {{- end }}
      {{- end }}
      {{- with include "aspire.env" . | trim }}
      env:{{ . | nindent 8 }}
      {{- end }}
      {{- with include "aspire.probes" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if and $w.ports (gt (int $w.drainSeconds) 0) (ne $w.kind "Job") }}
      # The load balancer needs a moment to stop sending before the process stops listening.
      lifecycle:
        preStop:
          sleep:
            seconds: {{ int $w.drainSeconds }}
      {{- end }}
      resources:{{ toYaml $w.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: {{ $w.readOnlyRootFilesystem }}
        capabilities:
          drop: [ALL]
      volumeMounts:
        {{- range $index, $path := $w.writablePaths }}
        - name: scratch
          mountPath: {{ $path }}
          subPath: d{{ $index }}
        {{- end }}
        {{- if $w.sharedMemory }}
        - name: shm
          mountPath: /dev/shm
        {{- end }}
        {{- range $w.volumes }}
        - name: {{ .name }}
          mountPath: {{ .mountPath }}
          # A fresh disk holds lost+found, which databases take for foreign data.
          subPath: data
          readOnly: {{ .readOnly }}
        {{- end }}
        {{- range $w.files }}
        - name: {{ .name }}
          mountPath: {{ .mountPath }}
          {{- with .subPath }}
          subPath: {{ . }}
          {{- end }}
          readOnly: true
        {{- end }}
  volumes:
    - name: scratch
      emptyDir:
        sizeLimit: {{ $w.scratchSize }}
    {{- if $w.sharedMemory }}
    - name: shm
      emptyDir:
        medium: Memory
        sizeLimit: {{ $w.sharedMemory }}
    {{- end }}
    {{- if ne $w.kind "StatefulSet" }}
    {{- range $w.volumes }}
    - name: {{ .name }}
      emptyDir: {}
    {{- end }}
    {{- end }}
    {{- range $w.files }}
    - name: {{ .name }}
      configMap:
        name: {{ .configMap | default (printf "%s-%s" $name .name) }}
    {{- end }}
  {{- if and $w.spread (ne $w.kind "Job") }}
  topologySpreadConstraints:
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "aspire.selector" $ | nindent 10 }}
    {{- end }}
  {{- end }}
  {{- with $w.nodeSelector }}
  nodeSelector:{{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with $w.tolerations }}
  tolerations:{{ toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
