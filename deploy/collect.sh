#!/bin/sh
# Collects into a folder what the image needs of a Debian: programs, the shared libraries that they name, CA certificates.
# The Dockerfile runs it in a build stage; on any Debian with git and openssh-client it does the same, which is how the
# tests look at the result. `collect.sh FOLDER NODE NPM INSTALLERS`: the program node, the folder of npm, the folder with bun and
# uv.
set -eu

root=$1
node=$2
npm=$3
installers=$4
python=/usr/bin/python3
git_core=$(git --exec-path)

mkdir -p "$root/usr/bin" "$root/etc/ssl/certs" "$root/tmp" "$root/home/nonroot" "$root/lib64" "$root/lib" "$root/usr/lib"
chmod 1777 "$root/tmp"

# Programs that are run, and the helpers of git that it runs by itself. Its other programs are built into git.
install -m 0755 "$node" "$root/usr/bin/node"
install -m 0755 "$(command -v git)" "$root/usr/bin/git"
install -m 0755 "$(command -v ssh)" "$root/usr/bin/ssh"
mkdir -p "$root$git_core"
install -m 0755 "$git_core/git-remote-http" "$root$git_core/git-remote-http"
ln -sf git-remote-http "$root$git_core/git-remote-https"
ln -sf /usr/bin/git "$root$git_core/git"

# The fast installers; npm, for what bun declines; a Python for uv to ask, without what only people use.
mkdir -p "$root/opt/buildless/bin" "$root/usr/lib/node_modules"
install -m 0755 "$installers/bun" "$root/opt/buildless/bin/bun"
install -m 0755 "$installers/uv" "$root/opt/buildless/bin/uv"
cp -R "$npm" "$root/usr/lib/node_modules/npm"
rm -rf "$root/usr/lib/node_modules/npm/man" "$root/usr/lib/node_modules/npm/docs"
install -m 0755 "$(readlink -f "$python")" "$root/usr/bin/python3"
stdlib=$("$python" -I -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
mkdir -p "$root$stdlib"
(cd "$stdlib" && find . -name '*.py' \
  -not -path './test/*' -not -path '*/tests/*' -not -path './idlelib/*' -not -path './lib2to3/*' -not -path './tkinter/*' \
  -not -path './turtledemo/*' -not -path './ensurepip/*' -not -path './pydoc_data/*' -not -path './unittest/*' \
  -not -path './dist-packages/*' -not -path './site-packages/*' -print | tar -cf - -T - ) | tar -xf - -C "$root$stdlib"

# The libraries under the names by which the loader asks for them.
for program in "$root/usr/bin/python3" "$root/opt/buildless/bin/bun" "$root/opt/buildless/bin/uv" "$root/usr/bin/node" "$root/usr/bin/git" "$root/usr/bin/ssh" "$root$git_core/git-remote-http"; do
  ldd "$program" | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }'
done | sort -u | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
# Names of hosts: glibc loads these at run time, where it has not built them in.
for library in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2; do
  found=$(ldconfig -p | awk -v name="$library" '$1 == name { print $NF; exit }')
  if [ -n "$found" ]; then
    mkdir -p "$root$(dirname "$found")"
    cp -L "$found" "$root$found"
  fi
done

cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
printf 'hosts: files dns\n' > "$root/etc/nsswitch.conf"
# The webhook runs as 65532, buildless-prepare as 1000 unless the platform chooses: ssh asks who it is.
printf 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\nfunction:x:1000:1000:function:/tmp:/sbin/nologin\n' > "$root/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\nfunction:x:1000:\n' > "$root/etc/group"

echo "size of the parts in KiB:"
du -ak --apparent-size "$root" | sort -rn | head -25
