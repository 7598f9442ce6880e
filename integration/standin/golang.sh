#!/bin/sh
# Go for an image, in the root file system $1 that holds a static busybox: this machine's own, and the certificates that it
# trusts, since its module proxy may be one that only it knows. mmdebstrap's --extract-hook.
set -eu
mkdir -p "$1/usr/local/go" "$1/etc/ssl/certs" "$1/go" "$1/root" "$1/tmp"
chmod 1777 "$1/tmp"
tar -C "$(go env GOROOT)" --exclude=./api --exclude=./doc --exclude=./misc --exclude=./test --exclude='*_test.go' \
	--exclude=testdata -ch . | tar -C "$1/usr/local/go" -x
cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$1/etc/ssl/certs/ca-certificates.crt"
chroot "$1" /bin/busybox --install -s /bin
