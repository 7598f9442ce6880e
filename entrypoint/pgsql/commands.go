package pgsql

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// An answer is what one replication command returned: the first row, where NULL
// is "", or the server's refusal.
type answer struct {
	row []string
	err error
}

// firstRow is the row; it is an error where the row has fewer columns.
func (a answer) firstRow(command string, columns int) ([]string, error) {
	if a.err == nil && len(a.row) < columns {
		return nil, errors.New(command + ": no answer")
	}
	return a.row, a.err
}

// ask sends one replication command and returns its row.
func ask(ctx context.Context, conn *pgconn.PgConn, command string) ([]string, error) {
	answers, err := askAll(ctx, conn, command)
	if err != nil {
		return nil, err
	}
	return answers[0].row, answers[0].err
}

// askAll sends several commands in one round trip. A refusal is in the answer
// to its own command; the error says that the connection broke.
func askAll(ctx context.Context, conn *pgconn.PgConn, commands ...string) ([]answer, error) {
	for _, command := range commands {
		conn.Frontend().SendQuery(&pgproto3.Query{String: command})
	}
	if err := conn.Frontend().Flush(); err != nil {
		return nil, err
	}
	answers := make([]answer, len(commands))
	for i := range answers {
		if err := answers[i].receive(ctx, conn); err != nil {
			return nil, err
		}
	}
	return answers, nil
}

// receive reads to the end of a command's answer.
func (a *answer) receive(ctx context.Context, conn *pgconn.PgConn) error {
	for {
		message, err := conn.ReceiveMessage(ctx)
		if err != nil {
			return err
		}
		switch message := message.(type) {
		case *pgproto3.DataRow:
			if a.row != nil {
				continue
			}
			for _, value := range message.Values {
				a.row = append(a.row, string(value))
			}
		case *pgproto3.ErrorResponse:
			a.err = pgconn.ErrorResponseToPgError(message)
		case *pgproto3.ReadyForQuery:
			return nil
		}
	}
}

// send sends a message and does not wait for an answer.
func send(conn *pgconn.PgConn, message pgproto3.FrontendMessage) error {
	conn.Frontend().Send(message)
	return conn.Frontend().Flush()
}
