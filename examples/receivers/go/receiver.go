// Keeps each signed webhook once, answers, and works on it afterwards; one process to a file.
package main

import (
	"cmp"
	"database/sql"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	_ "github.com/mattn/go-sqlite3" // It syncs to disk what it commits.
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func main() {
	pause, _ := time.ParseDuration(os.Getenv("WEBHOOK_WORK_SECONDS") + "s")
	work := func(id, body string) { time.Sleep(pause); log.Println("worked", id, body) } // Yours instead.
	webhook, err := standardwebhooks.NewWebhook(cmp.Or(os.Getenv("WEBHOOK_SECRET"), "none: no start"))
	db, _ := sql.Open("sqlite3", cmp.Or(os.Getenv("WEBHOOK_DATA"), "inbox.db"))
	db.Exec("create table if not exists inbox (id text primary key, body blob, came text, due real)")
	http.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1_000_000)) // The bytes as they came.
		if err != nil || webhook.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
		} else if _, err = db.Exec("insert or ignore into inbox values (?, ?, date(), 0)", r.Header.Get("webhook-id"), body); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	go func() { log.Fatal(http.ListenAndServe(cmp.Or(os.Getenv("WEBHOOK_LISTEN"), "127.0.0.1:9000"), nil)) }()
	for id, body := "", ""; err == nil || err == sql.ErrNoRows; time.Sleep(10 * time.Millisecond) {
		if err = db.QueryRow("select id, body from inbox where due = 0 limit 1").Scan(&id, &body); err == nil {
			work(id, body)
			_, err = db.Exec("update inbox set due = null where id = ?", id) // A crash before it repeats the work.
		}
	}
	log.Fatal(err) // Nothing is lost by it: the next start goes on.
}
