<?php // As a web page it keeps each signed webhook once and answers; as a command it works on them.
http_response_code(500); // Until the event is kept: else PHP may answer 200 to an error of ours.
$db = new PDO('sqlite:' . (getenv('WEBHOOK_DATA') ?: 'inbox.db')); // Changes are synced to disk.
$db->exec('create table if not exists inbox (id text primary key, body blob, came text, due real)');

function work(string $id, mixed $event): void
{   // Yours. After a crash it begins again: doing it twice must do no harm.
    usleep((int) (1e6 * (float) getenv('WEBHOOK_WORK_SECONDS')));
    echo "worked $id ", json_encode($event), "\n";
}

while (PHP_SAPI === 'cli') { // `due` is when to work on an event, and null when that was done.
    $waiting = $db->query('select id, body from inbox where due < ' . time() . ' limit 100');
    foreach ($waiting->fetchAll() as [$id, $body]) {
        try {
            work($id, json_decode($body, flags: JSON_THROW_ON_ERROR));
            $due = null;
        } catch (Throwable $error) { // Once more in a minute; until then the others.
            echo "failed $id {$error->getMessage()}\n";
            $due = time() + 60;
        }
        $db->prepare('update inbox set due = ? where id = ?')->execute([$due, $id]);
    }
    usleep(100_000);
}

$key = base64_decode(preg_replace('/^whsec_/', '', getenv('WEBHOOK_SECRET')));
$id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
$time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
$body = file_get_contents('php://input', length: 1_000_000); // The bytes as they came.
$right = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$time.$body", $key, true));
$same = fn ($signature) => hash_equals($right, $signature); // During a rotation there are two.
$signed = array_filter(explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? ''), $same);
$recent = ctype_digit($time) && abs(time() - (int) $time) <= 300;
if (!$signed || !$recent || str_contains($id, '.') || strlen($key) < 24) {
    return http_response_code(401);
}
$db->prepare('insert or ignore into inbox values (?, ?, date(), 0)')->execute([$id, $body]);
http_response_code(204); // It is kept, and once, even if it came twice at the same moment.
