#!/bin/sh
# Collects, in a build stage of deploy/Dockerfile, what the images need of a Debian: one folder for each layer.
#
#   collect.sh FOLDER INSTALLERS
#
# INSTALLERS has bun and uv. FOLDER gets base/ (git, ssh, a Python for uv to ask, their libraries, CA certificates), node/, npm/,
# bun/ and uv/.
set -eu

parts=$1
installers=$2
base=$parts/base
python=$(readlink -f /usr/bin/python3)
git_core=$(git --exec-path)
libraries=/usr/lib/$(uname -m)-linux-gnu

mkdir -p "$base/usr/bin" "$base/usr/lib" "$base/etc/ssl/certs" "$base/tmp" "$base/home/nonroot"
# Debian 12 has its libraries in /usr/lib, and the loader looks in /lib and /lib64.
ln -s usr/lib "$base/lib"
[ ! -e /lib64 ] || { mkdir -p "$base/usr/lib64" && ln -s usr/lib64 "$base/lib64"; }
chmod 1777 "$base/tmp"

# add FOLDER PROGRAM [PATH]: a program, with the libraries that it names and that are not in base/.
add() {
  mkdir -p "$(dirname "$1${3:-$2}")"
  install -m 0755 "$2" "$1${3:-$2}"
  ldd "$2" | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do
    [ ! -e "$base$library" ] || continue
    case $library in /lib*) target=/usr$library ;; *) target=$library ;; esac
    mkdir -p "$(dirname "$1$target")"
    cp -L "$library" "$1$target"
  done
}

# Programs that are run, and the helpers of git that it runs by itself. Its other programs are built into git.
add "$base" "$(command -v git)" /usr/bin/git
add "$base" "$(command -v ssh)" /usr/bin/ssh
add "$base" "$git_core/git-remote-http"
ln -s git-remote-http "$base$git_core/git-remote-https"
ln -s /usr/bin/git "$base$git_core/git"

# A Python for uv to ask, without what only people use.
add "$base" "$python" /usr/bin/python3
stdlib=$("$python" -I -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
mkdir -p "$base$stdlib"
(cd "$stdlib" && find . -name '*.py' \
  -not -path './test/*' -not -path '*/tests/*' -not -path './idlelib/*' -not -path './lib2to3/*' -not -path './tkinter/*' \
  -not -path './turtledemo/*' -not -path './ensurepip/*' -not -path './pydoc_data/*' -not -path './unittest/*' \
  -not -path './dist-packages/*' -not -path './site-packages/*' -print | tar -cf - -T - ) | tar -xf - -C "$base$stdlib"

# What glibc loads at run time: names of hosts; and what gives a user without a name one, for ssh.
for library in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2 libnss_wrapper.so; do
  [ ! -e "$libraries/$library" ] || [ -e "$base$libraries/$library" ] || cp -L "$libraries/$library" "$base$libraries/$library"
done

cp -L /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/ca-certificates.crt"
printf 'hosts: files dns\n' > "$base/etc/nsswitch.conf"
# The webhook runs as 65532, buildless-prepare as 1000 unless the platform chooses: ssh asks who it is.
printf 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\nfunction:x:1000:1000:function:/tmp:/sbin/nologin\n' > "$base/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\nfunction:x:1000:\n' > "$base/etc/group"

add "$parts/node" /usr/local/bin/node /usr/bin/node
add "$parts/bun" "$installers/bun" /opt/buildless/bin/bun
add "$parts/uv" "$installers/uv" /opt/buildless/bin/uv
mkdir -p "$parts/npm/lib/node_modules"
cp -R /usr/local/lib/node_modules/npm "$parts/npm/lib/node_modules/npm"
# What uv asks it costs a tenth of a second without bytecode, in every Pod, as their folders are read-only: that of the modules
# which it imports to answer, by their hash, as times are not kept.
customize=$base$stdlib/sitecustomize.py
rm -f "$customize"
cat > "$customize" <<'PYTHON'
import atexit
import sys


def tell():
    files = (getattr(module, '__file__', None) or '' for module in sys.modules.values())
    with open('/tmp/imported', 'w') as file:
        file.writelines(f'{each}\n' for each in sorted(files) if each.endswith('.py') and 'sitecustomize' not in each)


atexit.register(tell)
PYTHON
UV_CACHE_DIR=/tmp/asked "$installers/uv" python find "$base/usr/bin/python3"
rm -rf "$customize" /tmp/asked
grep "^$base$stdlib/" /tmp/imported > /tmp/compiled
PYTHONHASHSEED=0 "$python" -I -m compileall -q --invalidation-mode unchecked-hash -s "$base" -p / -i /tmp/compiled

rm -rf "$parts/npm/lib/node_modules/npm/man" "$parts/npm/lib/node_modules/npm/docs"
# For people, and for building native packages, which needs a compiler.
find "$parts/npm" \( -name README.md -o -name CHANGELOG.md \) -delete
rm -rf "$parts/npm/lib/node_modules/npm/node_modules/node-gyp/gyp"

echo "size of the parts in KiB:"
du -sk --apparent-size "$parts"/*
