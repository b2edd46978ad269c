load helpers

# HTTP/2 is put in front of the simulators by nghttpx; its access log tells
# the client's port, the protocol and the request of each stream.

TENANT=11111111-1111-1111-1111-111111111111

setup() {
	command -v nghttpx >/dev/null || skip "nghttpx is not installed"
	cd "$BATS_TEST_TMPDIR" || return
	start_sim azure-sim --zone=a.example --zone=b.example --zone=c.example \
		--switch=latency-ms=20
	start_nghttpx "$(free_port)"
	jq -n --arg t $TENANT '{ tenantId: $t, aadClientId: $t, aadClientSecret: "s",
		subscriptionId: "00000000-0000-0000-0000-000000000000",
		resourceGroup: "rg-azure-dns" }' >azure.json
	export EXTERNAL_DNS_AZURE_CONFIG_FILE=azure.json PATH=$BIN:$PATH
	export EXTERNAL_DNS_ARM_ENDPOINT=$front EXTERNAL_DNS_AUTHORITY_HOST=$front
}

free_port() {
	python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

start_nghttpx() {
	local tls=$BATS_FILE_TMPDIR/tls
	front=https://127.0.0.1:$1
	nghttpx --conf=/dev/null --no-ocsp -L INFO -k -f "127.0.0.1,$1" \
		-b "127.0.0.1,${azure_sim_url##*:};;tls" --errorlog-file=/dev/stderr \
		--accesslog-file="$PWD/streams" \
		--accesslog-format='$remote_port $alpn $request' \
		"$tls/key.pem" "$tls/cert.pem" 2>nghttpx.log 3>&- &
	echo $! >>pids
	wait_for nghttpx.log 'Listening on'
}

@test "all requests to a server share one HTTP/2 connection" {
	azdns-apply --list >out
	[ "$(grep -c '"type":"ZONE"' out)" = 3 ]
	grep subscriptions streams >arm
	cat arm
	[ "$(wc -l <arm)" -ge 4 ]
	[ "$(cut -d' ' -f1,2 arm | sort -u | grep -c ' h2$')" = 1 ]
	[ "$(cut -d' ' -f1,2 arm | sort -u | wc -l)" = 1 ]
}

@test "a server whose certificate nobody signed is not talked to" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem \
		-days 1 -subj /CN=other 2>/dev/null
	run env SSL_CERT_FILE="$PWD/other.pem" SSL_CERT_DIR=/nowhere \
		EXTERNAL_DNS_RETRY_TIME=0 aztoken
	[ "$status" = 1 ]
	[[ $output == *certificate* ]]
	[ ! -e streams ] || [ ! -s streams ]
}

@test "SSL_CERT_DIR is searched by hash" {
	mkdir certs
	cp "$SSL_CERT_FILE" certs/ca.pem
	openssl rehash certs
	env -u SSL_CERT_FILE SSL_CERT_DIR="$PWD/none:$PWD/certs" aztoken >out
	jq -e .accessToken out
}
