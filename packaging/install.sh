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
# The units name the program, wherever this was called from.
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac
list=$prefix/lib/tachost/.installed
directories=$prefix/lib/tachost/.directories
made=

# Creates a directory below the prefix, and remembers those that were not there.
make() {
    [ ! -d "$prefix/$1" ] || return 0
    case $1 in
    */*) make "${1%/*}" ;;
    esac
    mkdir "$prefix/$1"
    made="$made$1
"
}

remove() {
    [ -f "$list" ] || return 0
    while IFS= read -r file; do
        rm -f "$prefix/$file"
    done <"$list"
    created=$(LC_ALL=C sort -r "$directories")
    rm -rf "$prefix/lib/tachost"
    # Directories of others are left alone, empty ones too.
    printf '%s\n' "$created" | while IFS= read -r directory; do
        case $directory in
        .) rmdir "$prefix" 2>/dev/null || true ;;
        ?*) rmdir "$prefix/$directory" 2>/dev/null || true ;;
        esac
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

remove
if [ ! -d "$prefix" ] && mkdir -p "$prefix" 2>/dev/null; then
    made=".
"
fi
if [ ! -w "$prefix" ]; then
    echo "install.sh: '$prefix' cannot be written to. Call this as root, or name a directory of yours: install.sh ~/.local" >&2
    exit 1
fi
cd "$here"
make lib
# The program belongs to who installs it, whoever has unpacked the archive.
cp -dR --preserve=mode,timestamps lib/tachost "$prefix/lib/tachost.new"
find bin lib/systemd share -type f -o -type l | LC_ALL=C sort >"$prefix/lib/tachost.new/.installed"
mv "$prefix/lib/tachost.new" "$prefix/lib/tachost"
while IFS= read -r file; do
    make "$(dirname "$file")"
    cp -d --preserve=mode,timestamps "$file" "$prefix/$file"
done <"$list"
printf '%s' "$made" >"$directories"
# The units name the program where it is now.
sed -i "s|/usr/bin/tachost|$prefix/bin/tachost|" "$prefix/lib/systemd/system/tachost@.service" "$prefix/lib/systemd/system/tachost-fleet.service"
echo "Installed $("$prefix/bin/tachost" --version) below '$prefix'."
