"""Keeps each signed webhook once, answers, and works on it afterwards; one process to a file."""
import contextlib, json, os, sqlite3, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer as Server
from standardwebhooks import Webhook, WebhookVerificationError

HOST, PORT = os.environ.get("WEBHOOK_LISTEN", "127.0.0.1:9000").rsplit(":", 1)
WEBHOOK = Webhook(os.environ["WEBHOOK_SECRET"])

def work(id, event):  # Yours. After a crash it begins again: doing it twice must do no harm.
    time.sleep(float(os.environ.get("WEBHOOK_WORK_SECONDS", 0)))
    print("worked", id, event, flush=True)

def sql(statement, *values):  # What it changes is synced to disk when it returns.
    with contextlib.closing(sqlite3.connect(os.environ.get("WEBHOOK_DATA", "inbox.db"))) as db, db:
        return db.execute(statement, values).fetchall()

class Receiver(BaseHTTPRequestHandler):
    timeout = 10  # Seconds of silence after which a sender is given up.
    def do_POST(self):  # A body beyond the bound is cut off, and so does not verify.
        body = self.rfile.read(min(abs(int(self.headers.get("content-length", 0))), 1_000_000))
        try:  # The bytes as they came; what was signed over five minutes ago is refused, too.
            WEBHOOK.verify(body, dict(self.headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            return self.send_error(401)
        sql("insert or ignore into inbox values (?, ?, date(), 0)", self.headers["webhook-id"], body)
        self.send_response(204)  # It is kept, and once, even if it came twice at the same moment.
        self.end_headers()

sql("create table if not exists inbox (id text primary key, body blob, came text, due real)")
Server.request_queue_size = 128  # Its own bound, 5, would turn bursts away.
threading.Thread(target=Server((HOST, int(PORT)), Receiver).serve_forever, daemon=True).start()
while not time.sleep(0.1):  # `due` is when to work on an event, and null when that was done.
    for id, body in sql("select id, body from inbox where due < ? limit 100", time.time()):
        try:
            work(id, json.loads(body))
            sql("update inbox set due = null where id = ?", id)
        except Exception as error:  # Once more in a minute; until then the others.
            print("failed", id, repr(error), flush=True)
            sql("update inbox set due = ? where id = ?", time.time() + 60, id)
