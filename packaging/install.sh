#!/bin/sh
# Installs tachost below a prefix, or removes it again: install.sh [PREFIX], install.sh --uninstall [PREFIX]. The default prefix is /usr/local.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
uninstall=
if [ "${1-}" = --uninstall ]; then
    uninstall=yes
    shift
fi
case ${1-} in
-*)
    echo "usage: install.sh [--uninstall] [PREFIX]" >&2
    exit 64
    ;;
esac
prefix=${1-/usr/local}
list=$prefix/lib/tachost/.installed

remove() {
    [ -f "$list" ] || return 0
    while IFS= read -r file; do
        rm -f "$prefix/$file"
    done <"$list"
    rm -rf "$prefix/lib/tachost"
    # Directories that were only there for these files.
    for directory in share/doc/tachost/examples share/doc/tachost share/doc share/bash-completion/completions share/bash-completion \
        share/zsh/vendor-completions share/zsh share/fish/vendor_completions.d share/fish share/man/man1 share/man share lib/systemd/system lib/systemd lib bin; do
        if [ -d "$prefix/$directory" ]; then find "$prefix/$directory" -depth -type d -empty -delete 2>/dev/null || true; fi
    done
}

if [ -n "$uninstall" ]; then
    if [ ! -f "$list" ]; then
        echo "install.sh: tachost is not installed below '$prefix': there is no '$list'." >&2
        exit 1
    fi
    remove
    exit 0
fi

mkdir -p "$prefix" 2>/dev/null || true
if [ ! -w "$prefix" ]; then
    echo "install.sh: '$prefix' cannot be written to. Call this as root, or name a directory of yours: install.sh ~/.local" >&2
    exit 1
fi
remove
cd "$here"
mkdir -p "$prefix/lib"
cp -a lib/tachost "$prefix/lib/tachost.new"
find bin lib/systemd share -type f -o -type l | LC_ALL=C sort >"$prefix/lib/tachost.new/.installed"
mv "$prefix/lib/tachost.new" "$prefix/lib/tachost"
while IFS= read -r file; do
    mkdir -p "$prefix/$(dirname "$file")"
    cp -a "$file" "$prefix/$file"
done <"$list"
# The units name the program where it is now.
sed -i "s|/usr/bin/tachost|$prefix/bin/tachost|" "$prefix/lib/systemd/system/tachost@.service" "$prefix/lib/systemd/system/tachost-fleet.service"
echo "Installed $("$prefix/bin/tachost" --version) below '$prefix'."
