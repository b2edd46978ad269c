load helpers
load ring

# The ring as process 1 of a container: the file system of deploy/rootfs, read
# only, another user, no capabilities, nothing writable but /dev/shm.

setup() {
	ring_setup
	root=$WORK/root
	[ "$(id -u)" -eq 0 ] || skip 'only root may make a container'
	unshare --mount --pid --fork sh -c 'mount --bind "$0" "$0" && mount -t proc proc "$0"' \
		"$WORK" || skip 'the kernel allows no namespaces and mounts here'
}

teardown() {
	[ -z "${first:-}" ] || kill -KILL "$first" 2>/dev/null || true
	ring_end
}

# container OPTION...: the ring in one, between the simulators; sets first to
# its process 1 as seen from here.
container() {
	deploy/rootfs "$root" >"$WORK/size"
	mkdir -p "$root$WORK/tls"
	cp "$WORK/kubeconfig" "$WORK/azure.json" "$WORK/federated" "$root$WORK"
	cp "$WORK/tls/ca.pem" "$root$WORK/tls"
	chown -R 65534:65534 "$root$WORK"
	start ring unshare --mount --pid --fork sh -c '
		mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" &&
		mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" &&
		exec setpriv --no-new-privs chroot --userspec=65534:65534 --groups= \
			"$0" /usr/local/bin/pipeline.sh "$@"' "$root" $arguments "$@"
	await "$WORK/arm.log" '"method":"PUT".*/A/web'
	first=$(pgrep -P "$ring_pid")
}

@test "process 1 of a container without rights: records, orphans reaped, TERM ends with 0" {
	cloud_start --zone=example.com
	service web web.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	container --log-level=debug
	grep -qE '^NSpid:.*[[:space:]]1$' "/proc/$first/status"
	grep -qE '^CapEff:[[:space:]]0+$' "/proc/$first/status"
	grep -qE '^Uid:[[:space:]]65534' "/proc/$first/status"
	orphan=$(nsenter -t "$first" -p sh -c 'sleep 1000 >/dev/null 2>&1 3>&- & echo $!')
	# A zombie would still be seen by tail.
	nsenter -t "$first" -p sh -c 'kill "$1" && timeout 5 tail --pid="$1" -f /dev/null' - "$orphan"
	kill -TERM "$first"
	timeout 5 tail --pid="$first" -f /dev/null
	wait "$ring_pid"
	[ -z "$(find "$root/tmp" /dev/shm -maxdepth 1 -name 'azdns.*' -user 65534)" ]
}
