#!/usr/bin/env bash
# The Debian packages: built for every server of the archive, looked at by lintian,
# installed, used, and removed without a trace.
#
#   test/package.sh
#
# As root, on a machine to throw away: it installs what building needs, and removes
# no more than the packages.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '==> %s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# quietly NAME COMMAND...: what it printed is shown where it fails.
quietly()
{
    local log=$work/$1.log
    shift
    "$@" >"$log" 2>&1 || { cat "$log"; die "$* failed"; }
}

# Every file but those that come and go by themselves.
files()
{
    find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /root \
        -o -path /var/cache -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/log \) -prune -o -print | sort
}

[[ $EUID -eq 0 ]] || die "please run this as root, on a machine to throw away"
say "installing what building and looking need"
quietly lists apt-get update
quietly tools apt-get install -y --no-install-recommends build-essential lintian postgresql-common
mkdir "$work/crm-ext"
tar -C "$top" --exclude=./.git -cf - . | tar -C "$work/crm-ext" --no-same-owner -xf -
cd "$work/crm-ext"
quietly needs apt-get build-dep -y --no-install-recommends ./
# What the checkout has built is for one server.
quietly clean make clean with_llvm=no

say "building"
quietly build dpkg-buildpackage -us -uc
cd "$work"
packages=(./postgresql-*-crm-ext_*.deb)
# Who releases writes the distribution into debian/changelog.
quietly lintian lintian --allow-root --fail-on error,warning --suppress-tags unreleased-changes ./*.changes
cat lintian.log

say "installing, using and purging ${packages[*]##*/}"
names=()
for package in "${packages[@]}"; do names+=("$(dpkg-deb -f "$package" Package)"); done
# What they depend on comes first, and stays.
needed=$(for package in "${packages[@]}"; do dpkg-deb -f "$package" Depends; done | paste -s -d ,)
quietly needed apt-get satisfy -y --no-install-recommends "$needed"
files >"$work/before"
quietly install apt-get install -y --no-install-recommends "${packages[@]}"
cmp -s <(files) "$work/before" && die "nothing was installed"
chmod 755 "$work"
(cd "$work/crm-ext" && quietly create sh debian/tests/create)
quietly purge apt-get purge -y "${names[@]}"
files | diff "$work/before" - || die "files are left, or gone"
printf '# package on Debian %s: %s built, lintian without error or warning, installed, used, purged: no file left\n' \
    "$(cat /etc/debian_version)" "${names[*]}"
