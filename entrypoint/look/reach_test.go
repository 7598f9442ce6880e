package look

import (
	"net"
	"testing"
)

func TestAServerIsReachedAtAnyOfItsAddresses(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	here, elsewhere, port := net.ParseIP("127.0.0.1"), net.ParseIP("127.0.0.2"), listener.Addr().(*net.TCPAddr).Port
	if got := reach(t.Context(), []net.IP{elsewhere, here}, port); got == nil || !got.Answers || len(got.Addresses) != 2 {
		t.Errorf("got %+v", got)
	}
	if got := reach(t.Context(), []net.IP{elsewhere}, port); got == nil || got.Answers {
		t.Errorf("a server at another address: got %+v", got)
	}
	if got := reach(t.Context(), nil, port); got != nil {
		t.Errorf("without a network: got %+v", got)
	}
}
