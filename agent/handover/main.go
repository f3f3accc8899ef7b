// Hands a finished segment of the log to the backup sidecar of this pod: what archive_command runs there.
//
//	neumann-wal-handover SOCKET PATH NAME
//
// It exits 0 only when the sidecar has said, in a whole answer, that the archive holds the segment. Whatever else
// happens, the database keeps the segment and offers it again.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

const (
	wrongInput = 2
	tryLater   = 75
	// A sidecar that says nothing for so long is not waited for any more.
	silence = 10 * time.Minute
	// No answer of the sidecar is longer.
	longestAnswer = 64 * 1024
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: neumann-wal-handover SOCKET PATH NAME, the last two as archive_command is given them")
		os.Exit(wrongInput)
	}
	code, message := handOver(os.Args[1], os.Args[2], os.Args[3], silence)
	if message != "" {
		fmt.Fprintf(os.Stderr, "neumann-wal-handover: %s\n", message)
	}
	os.Exit(code)
}

// handOver asks for one segment. Its exit code, and what the database's log should hold of it.
func handOver(socket, path, name string, patience time.Duration) (int, string) {
	code, message, err := ask(socket, path, name, patience)
	if err != nil {
		return tryLater, fmt.Sprintf("%s is not stored yet and stays in raft/wal: the backup sidecar at %s %v", name, socket, err)
	}
	return code, message
}

func ask(socket, path, name string, patience time.Duration) (int, string, error) {
	connection, err := net.DialTimeout("unix", socket, patience)
	if err != nil {
		return 0, "", fmt.Errorf("cannot be reached: %w", err)
	}
	defer connection.Close()
	request, err := json.Marshal(map[string]string{"path": path, "name": name})
	if err != nil {
		return 0, "", err
	}
	if err := connection.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return 0, "", err
	}
	if _, err := connection.Write(append(request, '\n')); err != nil {
		return 0, "", fmt.Errorf("took no request: %w", err)
	}
	line, err := readLine(connection, patience)
	if err != nil {
		return 0, "", err
	}
	return parse(line)
}

// readLine reads all that the sidecar says until it closes: one line, whole. A line that something follows is none.
func readLine(connection net.Conn, patience time.Duration) ([]byte, error) {
	reader := bufio.NewReader(io.LimitReader(quietFor{connection, patience}, longestAnswer))
	line, err := reader.ReadBytes('\n')
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, fmt.Errorf("said nothing for %s", patience)
	}
	if err != nil {
		return nil, fmt.Errorf("ended in the middle of its answer %q", line)
	}
	if _, err := reader.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("did not close after its answer %q", line)
	}
	return line, nil
}

// quietFor fails a read that nothing comes for in the time.
type quietFor struct {
	net.Conn
	patience time.Duration
}

func (q quietFor) Read(into []byte) (int, error) {
	if err := q.SetReadDeadline(time.Now().Add(q.patience)); err != nil {
		return 0, err
	}
	return q.Conn.Read(into)
}

// parse reads an answer by the exact names of its fields: nothing that only looks like an answer is a success.
func parse(line []byte) (int, string, error) {
	garbled := fmt.Errorf("gave no answer that can be read: %q", line)
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		return 0, "", garbled
	}
	var code *int
	if err := json.Unmarshal(fields["exitCode"], &code); err != nil || code == nil || *code < 0 || *code > 255 {
		return 0, "", garbled
	}
	var message string
	if text, there := fields["message"]; there {
		if err := json.Unmarshal(text, &message); err != nil {
			return 0, "", garbled
		}
	}
	return *code, message, nil
}
