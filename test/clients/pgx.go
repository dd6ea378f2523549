// As python.py, through pgx of Go.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
)

func read(connection *pgx.Conn, schema string, view string) error {
	rows, err := connection.Query(context.Background(), "SELECT * FROM "+pgx.Identifier{schema, view}.Sanitize())
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := make([]string, len(rows.FieldDescriptions()))
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		for i, value := range values {
			if value != nil && seen[i] == "" {
				seen[i] = fmt.Sprintf("%T", value)
			}
		}
	}
	for i, field := range rows.FieldDescriptions() {
		fmt.Printf("pgx\t%s\t%s\t%s\n", view, field.Name, seen[i])
	}
	return rows.Err()
}

func main() {
	connection, err := pgx.Connect(context.Background(), os.Getenv("CRM_URI"))
	if err == nil {
		for lines := bufio.NewScanner(os.Stdin); err == nil && lines.Scan(); {
			name := strings.Fields(lines.Text())
			err = read(connection, name[0], name[1])
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "could not be run:", err)
		os.Exit(1)
	}
}
