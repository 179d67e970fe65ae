#!/bin/sh
# Installs one Debian package, as root, without letting it start a service now or at the next boot:
# Marteau runs a Redis of its own and must not bring another one to port 6379.
set -eu
package=$1
policy=/usr/sbin/policy-rc.d
saved=$policy.before-marteau
mark='# Written by the set-up of Marteau while it installs a package'

restore() {
  if grep -qsF "$mark" "$policy"; then rm -f "$policy"; fi
  if [ -e "$saved" ]; then mv "$saved" "$policy"; fi
}

forbid_services() {
  restore # what a killed set-up left
  if [ -x "$policy" ]; then
    answer=0
    "$policy" "$package" start >/dev/null 2>&1 || answer=$?
    if [ "$answer" = 101 ]; then return; fi
  fi
  trap restore EXIT
  trap 'exit 130' HUP INT TERM
  if [ -e "$policy" ]; then mv "$policy" "$saved"; fi
  # Of no effect once we have ended, in case we are killed and cannot take it away.
  printf '#!/bin/sh\n%s\nkill -0 %s 2>/dev/null && exit 101\n[ ! -x %s ] || exec %s "$@"\n' \
    "$mark" "$$" "$saved" "$saved" >"$policy"
  chmod 755 "$policy"
}

forbid_services
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=600 update || echo 'apt-get update failed: trying with the lists that are there' >&2
apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$package"

for unit in $(dpkg -L "$package" | sed -n 's|.*/systemd/system/\([^@/]*\)\.service$|\1|p'); do
  if command -v deb-systemd-helper >/dev/null; then deb-systemd-helper disable "$unit.service" || true; fi
  if command -v update-rc.d >/dev/null; then update-rc.d "$unit" disable || true; fi
done
