package pgsql

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// stranger gives a port whose server reads what a client begins with, without TLS,
// and then says what speak does.
func stranger(t *testing.T, speak func(net.Conn)) uint16 {
	t.Helper()
	return listen(t, func(conn net.Conn) {
		defer conn.Close()
		for {
			head := make([]byte, 8)
			if _, err := io.ReadFull(conn, head); err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(head))-8); err != nil {
				return
			}
			const sslRequest = 80877103
			if binary.BigEndian.Uint32(head[4:]) != sslRequest {
				speak(conn)
				return
			}
			if _, err := conn.Write([]byte("N")); err != nil {
				return
			}
		}
	})
}

// message is one of the protocol's, and size what it says of its own length.
func message(kind byte, body string, size int) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{kind}, uint32(size+4)), body...)
}

func whole(kind byte, body string) []byte { return message(kind, body, len(body)) }

// allocated is how much memory a question took.
func allocated(ask func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ask()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestNoServerFillsTheMemory asks servers that never come to an end.
func TestNoServerFillsTheMemory(t *testing.T) {
	flood := func(conn net.Conn, next func(i int) []byte) {
		for i := 0; ; i++ {
			if _, err := conn.Write(next(i)); err != nil {
				return
			}
		}
	}
	text := strings.Repeat("x", 60_000)
	parameters := func(conn net.Conn) {
		const number = "0000000000"
		// Sent again and again with other numbers, so that only what is read counts.
		one := whole('S', number+"\x00"+text+"\x00")
		flood(conn, func(i int) []byte {
			copy(one[5:], fmt.Sprintf("%0*d", len(number), i))
			return one
		})
	}
	letIn := bytes.Join([][]byte{whole('R', "\x00\x00\x00\x00"), whole('Z', "I")}, nil)
	for what, speak := range map[string]func(net.Conn){
		"an error of 1 GB": func(conn net.Conn) {
			if _, err := conn.Write(message('E', "SFATAL\x00C28000\x00M", 1<<30)); err == nil {
				flood(conn, func(int) []byte { return []byte(text) })
			}
		},
		"parameters without end": parameters,
		"parameters without end, once it has let us in": func(conn net.Conn) {
			if _, err := conn.Write(letIn); err == nil {
				parameters(conn)
			}
		},
	} {
		port := stranger(t, speak)
		took := allocated(func() {
			_, err := Identify(within(t, 20*time.Second), Upstream{Host: "127.0.0.1", Port: port, User: "r"})
			check(t, what, err, Permanent, 78, fmt.Sprintf("what answers at 127.0.0.1:%d is not PostgreSQL", port), "MASTER_PORT")
		})
		if took > 300<<20 {
			t.Errorf("%s: took %d MB", what, took>>20)
		}
	}
}

func TestWhatAStrangersServerSaysIsFitForALog(t *testing.T) {
	for code, words := range map[string]string{"57P03": "starting", "53200": "connections", "28000": "", "XX000": "other", "08P01": "port-answers-postgres"} {
		port := stranger(t, func(conn net.Conn) {
			_, _ = conn.Write(whole('E', "SFATAL\x00C"+code+"\x00M\x1b]0;x\x07\x1b[2Jall is well\r\nERROR: none\u202e"+strings.Repeat("y", 5000)+"\x00D\x1b[31m\x00\x00"))
		})
		_, err := Identify(within(t, 5*time.Second), Upstream{Host: "127.0.0.1", Port: port, User: "r"})
		fault := FaultOf(err)
		if err == nil || words != "" && fault.ID != words || strings.ContainsAny(fault.Text+fault.Fix, "\x1b\x07\r\n\u202e") || len(fault.Text) > 1100 {
			t.Errorf("%s: got %q of %d bytes: %.200q", code, fault.ID, len(fault.Text), fault.Text)
		}
	}
}
