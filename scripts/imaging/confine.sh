#!/bin/sh
# confine.sh ROOT USER FOLDER COMMAND...: runs a command as PID 1 on a read-only root, as a user who may do nothing. Nothing of the
# root's own is used to get there. Needs root and util-linux.
set -eu
if [ "${1:-}" != inside ]; then
    exec unshare --mount --pid --ipc --uts --fork --propagation private "$0" inside "$@"
fi
root=$2 user=$3 folder=$4
shift 4
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777,nosuid,nodev tmp "$root/tmp"
mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
for device in null zero random urandom; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=1777,nosuid,nodev shm "$root/dev/shm"
mount -o remount,bind,ro "$root"
cd "$root"
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,+setuid,+setgid,+sys_chroot \
    unshare --root="$root" --wd="$folder" --setgid="$user" --setuid="$user" "$@"
