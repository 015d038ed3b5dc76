# shellcheck shell=sh disable=SC2154
# Sourced by launch, which sets $data, $app and $folder: what a deploy did, for node exporter and the status page.
# Here and not in Python, because a push that changes nothing has no time for a third start of it.
umask 077
watched=$data/monitoring

gauges() { # KIND, and for each metric its name, its meaning and its value
  file=$watched/metrics/${app}_$1.prom labels="app=\"$app\",host=\"$(uname -n)\""
  shift
  (umask 022 && mkdir -p "$watched/metrics")
  while [ $# -gt 0 ]; do
    printf '# HELP ansible_deploy_%s %s.\n# TYPE ansible_deploy_%s gauge\n' "$1" "$2" "$1"
    printf 'ansible_deploy_%s{%s} %s\n' "$1" "$labels" "$3"
    shift 3
  done >"$file.$$" && chmod 0644 "$file.$$" && mv "$file.$$" "$file"
}

quiet_until() {
  gauges maintenance maintenance_until_timestamp_seconds "Until when nobody is told of what a deploy disturbs" "$1"
}

deploying() { # bounded, for a deploy that is killed never says that it ended
  quiet_until $(($(date +%s) + 900))
}

grace() {
  cat "$data/settings/$app/alert-grace" 2>/dev/null || cat "$data/settings/--global/alert-grace" 2>/dev/null || echo 60
}

restarted() {
  quiet_until $(($(date +%s) + $(grace)))
}

running() { # BUILD: which revision a push brought, else that of the release before
  if grep -qF "\"build\": \"$1\"" "$folder/incoming.json" 2>/dev/null; then
    sed -n 's/^  "revision": "\([0-9a-f]*\)",$/\1/p' "$folder/incoming.json"
  elif grep -q '"exit":0,.*"revision":"[0-9a-f]' "$log" 2>/dev/null; then
    grep '"exit":0,.*"revision":"[0-9a-f]' "$log" | tail -n 1 | sed 's/.*"revision":"\([0-9a-f]*\)".*/\1/'
  else
    sed -n 's/^  "revision": "\([0-9a-f]*\)",$/\1/p' "$folder/state.json" 2>/dev/null || :
  fi
}

relabel() { # the release is live; all else that Prometheus is told of the app is as it was
  sed "s/\"revision\": \"[0-9a-f]*\"/\"revision\": \"$revision\"/" "$1" >"$1.$$" && chmod 0644 "$1.$$" && mv "$1.$$" "$1"
}

deployed() { # BUILD STATUS; Dokku says it twice
  log=$folder/deploys.jsonl now=$(date +%s)
  [ ! -e "$log" ] || ! tail -n 1 "$log" | grep -qF "\"build\":\"$1\"" || return 0
  revision=$(running "$1")
  [ ! -s "$log" ] || [ -z "$(tail -c 1 "$log")" ] || echo >>"$log" # half a line, of a host that went down
  printf '{"build":"%s","at":%s,"exit":%s,"source":"%s","revision":"%s"}\n' \
    "$1" "$now" "$2" "${DOKKU_BUILD_SOURCE:-}" "$revision" >>"$log"
  [ "$(wc -l <"$log")" -lt 400 ] || { tail -n 200 "$log" >"$log.$$" && mv "$log.$$" "$log"; }
  [ -e "$watched/targets/$app.json" ] || return 0
  [ "$2" != 0 ] || relabel "$watched/targets/$app.json"
  quiet_until $((now + $(grace)))
  gauges deploy deploy_timestamp_seconds "When the last deploy ended" "$now" \
    deploy_failed "1 where the last deploy failed" "$(($2 != 0))"
}

forget_folder() { # the release that is live has no deploy.d any more
  [ ! -e "$folder/cron-entries" ] || echo " !     No backups are made any more; those that there are stay" >&2
  [ ! -e "$watched/targets/$app.json" ] || forget_watch
  rm -rf "$folder/deploy.d" "$folder/cron-entries" "$folder/leaving"
}

forget_watch() {
  rm -f "$watched/targets/$app.json" "$watched/gatus/$app.yaml" "$watched/probes/$app.json"
  for kind in watch deploy maintenance backups state status-failed nightly nightly-failed; do
    rm -f "$watched/metrics/${app}_$kind.prom"
  done
}
