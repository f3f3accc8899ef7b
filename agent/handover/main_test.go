package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sidecar answers one connection and then does what end says; what it was asked.
func sidecar(t *testing.T, answer string, end func(net.Conn)) (string, <-chan string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "handover")
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(folder, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close(); os.RemoveAll(folder) })
	asked := make(chan string, 1)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		into := make([]byte, 1024)
		n, _ := connection.Read(into)
		asked <- string(into[:n])
		_, _ = connection.Write([]byte(answer))
		end(connection)
	}()
	return socket, asked
}

func closed(connection net.Conn) { connection.Close() }

func TestWholeAnswersAreBelieved(t *testing.T) {
	for answer, want := range map[string]int{
		`{"exitCode":0}`: 0,
		`{"exitCode":0,"message":"ALARM: a new stream"}`:  0,
		`{"exitCode":4,"message":"the bucket is away"}`:   4,
		`{"message":"later","exitCode":75,"another":"x"}`: 75,
	} {
		socket, asked := sidecar(t, answer+"\n", closed)
		code, message := handOver(socket, "/data/raft/wal/a \"b\".wal", "a", time.Second)
		if code != want || (strings.Contains(answer, "message") && message == "") {
			t.Errorf("%s: code %d, message %q", answer, code, message)
		}
		if line := <-asked; line != `{"name":"a","path":"/data/raft/wal/a \"b\".wal"}`+"\n" {
			t.Errorf("asked %q", line)
		}
	}
}

func TestWhateverElseIsLater(t *testing.T) {
	for _, answer := range []string{
		"", "\n", `{"exitCode":0}`, `{"exitCode":0`, "0\n", "null\n", "{}\n", "[0]\n", "ok\n", "{\"exitCode\":0}x\n",
		"{\"exitCode\":null}\n", "{\"exitCode\":\"0\"}\n", "{\"exitCode\":0.5}\n", "{\"exitCode\":-1}\n", "{\"exitCode\":256}\n",
		"{\"exitcode\":0}\n", "{\"ExitCode\":0}\n", "{\"exitCode\":0,\"message\":7}\n", "{\"exitCode\":0}\n\n",
		"{\"exitCode\":0}\n{\"exitCode\":75}\n", strings.Repeat(" ", longestAnswer) + "{\"exitCode\":0}\n",
	} {
		socket, _ := sidecar(t, answer, closed)
		code, message := handOver(socket, "p", "n", time.Second)
		if code != tryLater || !strings.Contains(message, "n is not stored yet and stays in raft/wal") {
			t.Errorf("%.60q: code %d, message %q", answer, code, message)
		}
	}
}

func TestSilenceIsLater(t *testing.T) {
	for _, answer := range []string{"", `{"exitCode":`, "{\"exitCode\":0}\n"} {
		socket, _ := sidecar(t, answer, func(net.Conn) {})
		if code, message := handOver(socket, "p", "n", 50*time.Millisecond); code != tryLater {
			t.Errorf("%q: code %d, message %q", answer, code, message)
		}
	}
}

func TestNobodyIsLater(t *testing.T) {
	if code, message := handOver("/nonexistent/socket", "p", "n", time.Second); code != tryLater {
		t.Errorf("code %d, message %q", code, message)
	}
}
