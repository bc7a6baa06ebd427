#!/bin/bash
# Stands in for systemd, which a container does not have: starts what the unit says, as the user it says, and ends it as
# systemd does. Called as `systemctl start|stop|restart|enable|daemon-reload panelist`; SANDBOX is the root of the test.
set -eu
unit="$SANDBOX/etc/systemd/system/panelist.service"
pid="$SANDBOX/panelist.pid"
of() { sed -n "s/^$1=//p" "$unit"; }

start() {
  (
    cd "$(of WorkingDirectory)"
    umask "$(of UMask)"
    set -a
    . "$(of EnvironmentFile)"
    set +a
    as=()
    if [ "$(id -u)" -eq 0 ]; then as=(setpriv "--reuid=$(of User)" "--regid=$(of Group)" --clear-groups --no-new-privs); fi
    # shellcheck disable=SC2046 # the unit's own words
    exec setsid "${as[@]}" $(of ExecStart)
  ) >> "$SANDBOX/journal" 2>&1 < /dev/null &
  echo $! > "$pid"
}

stop() {
  kill -TERM "$(cat "$pid")" 2> /dev/null || return 0
  for _ in $(seq 200); do
    kill -0 "$(cat "$pid")" 2> /dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$(cat "$pid")"
}

case "$1" in
  start) start ;;
  stop) stop ;;
  restart) stop; start ;;
  enable) [ "$2" = --now ] && start ;;
  daemon-reload) ;;
  *) echo "systemctl $1 is not known here" >&2; exit 1 ;;
esac
