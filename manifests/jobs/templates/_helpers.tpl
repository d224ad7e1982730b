{{- define "jobs.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: nura
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* What the two jobs have in common; env, command and room differ. */}}
{{- define "jobs.cronjob" -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ .name }}
  labels:{{ include "jobs.labels" . | nindent 4 }}
spec:
  schedule: {{ .job.schedule | quote }}
  timeZone: Etc/UTC
  suspend: {{ .root.Values.suspend }}
  # A run that could not start within six hours waits for the next night.
  startingDeadlineSeconds: 21600
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    metadata:
      labels:{{ include "jobs.labels" . | nindent 8 }}
    spec:
      backoffLimit: 2
      activeDeadlineSeconds: 14400
      template:
        metadata:
          labels:{{ include "jobs.labels" . | nindent 12 }}
          annotations:
            # Moving it would begin it again.
            karpenter.sh/do-not-disrupt: "true"
        spec:
          serviceAccountName: {{ .name }}
          automountServiceAccountToken: false
          enableServiceLinks: false
          restartPolicy: Never
          securityContext:
            runAsNonRoot: true
            # User "postgres" of the image: a database server refuses to run as root.
            runAsUser: 999
            runAsGroup: 999
            fsGroup: 999
            seccompProfile:
              type: RuntimeDefault
          containers:
            - name: {{ .name }}
              image: {{ .root.Values.image.registry }}/nura-jobs{{ with get .root.Values.images "jobs" }}@{{ . }}{{ else }}:unreleased{{ end }}
              imagePullPolicy: IfNotPresent
              command: [{{ .script }}]
              # The reason stands in the pod's status, for those who look there first.
              terminationMessagePolicy: FallbackToLogsOnError
              env:
                - name: BACKUP_URL
                  value: s3://{{ .root.Values.backups.bucket }}/postgres
                - name: AWS_REGION
                  value: {{ .root.Values.backups.region }}
                - name: TMPDIR
                  value: /work
                - name: HOME
                  value: /work
                {{- .env | nindent 16 }}
              resources:
                requests: { cpu: 250m, memory: 512Mi, ephemeral-storage: 1Gi }
                limits: { memory: 1Gi }
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop: [ALL]
              volumeMounts:
                - name: work
                  mountPath: /work
                {{- with .mounts }}
                {{- . | nindent 16 }}
                {{- end }}
          volumes:
            # A disk of its own for the run: dumps would fill the node's.
            - name: work
              ephemeral:
                volumeClaimTemplate:
                  spec:
                    accessModes: [ReadWriteOnce]
                    storageClassName: gp3
                    resources:
                      requests:
                        storage: {{ .job.scratchSize }}
            {{- with .volumes }}
            {{- . | nindent 12 }}
            {{- end }}
{{- end }}
