#!/bin/sh
# Writes Alertmanager's configuration from the settings of .env, which Alertmanager cannot read itself, and starts it.
# Without ALERT_MAIL_TO nobody is written to: alerts then stand on Alertmanager's own page only.
set -eu
umask 077
folder=${TMPDIR:-/tmp}

# As a text of YAML, whatever stands in it.
text() { printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"; }

mail() {
  : "${ALERT_SMTP:?is the host:port of the mail server}" "${ALERT_MAIL_FROM:?is the address that writes}"
  printf %s "${ALERT_SMTP_PASSWORD:-}" > "$folder/smtp-password"
  cat <<END
global:
  smtp_smarthost: $(text "$ALERT_SMTP")
  smtp_from: $(text "$ALERT_MAIL_FROM")
  smtp_require_tls: ${ALERT_SMTP_TLS:-true}
END
  if [ -n "${ALERT_SMTP_USER:-}" ]; then
    printf '  smtp_auth_username: %s\n' "$(text "$ALERT_SMTP_USER")"
    printf '  smtp_auth_password_file: %s\n' "$(text "$folder/smtp-password")"
  fi
}

receiver() {
  cat <<END
    email_configs:
      - to: $(text "$ALERT_MAIL_TO")
        send_resolved: true
        headers: {Subject: '{{ .Status | toUpper }}: {{ .CommonLabels.alertname }} ({{ len .Alerts }})'}
        html: ''
        text: |-
          {{ range .Alerts }}{{ .Annotations.summary_vi }}
          {{ .Annotations.summary_en }}
          {{ .Status }}, {{ .Labels.severity }}, {{ .StartsAt.Format "2006-01-02 15:04:05 MST" }}, {{ .Annotations.runbook_url }}

          {{ end }}
END
}

configuration() {
  if [ -n "${ALERT_MAIL_TO:-}" ]; then mail; fi
  cat <<END
route: {receiver: staff, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 12h}
receivers:
  - name: staff
END
  if [ -n "${ALERT_MAIL_TO:-}" ]; then receiver; fi
}

configuration > "$folder/alertmanager.yml"
exec alertmanager --config.file="$folder/alertmanager.yml" --storage.path=/alertmanager \
  --cluster.listen-address= --web.external-url=http://127.0.0.1:9093 "$@"
