"""The command line as a person uses it."""

import json
import subprocess
import threading

import pytest
from standardwebhooks import Webhook

from support import answers
from support.server import ROOT, binary, clean_environment


class Shell:
    """A person with a terminal on the machine where the server runs."""

    def __init__(self, server):
        self._server = server

    def run(self, *args, check=True, stdin=None, env=None):
        """Runs `hookwire …` against the server; gives the finished process."""
        where = {"HOOKWIRE_SERVER": self._server.url, "HOOKWIRE_STORE": self._server.store}
        return self._server.cli(*args, env={**where, **(env or {})}, stdin=stdin, check=check)

    def json(self, *args, **options):
        """The same with --json; gives what it printed."""
        return json.loads(self.run(*args, "--json", **options).stdout)


@pytest.fixture
def shell(new_server):
    return Shell(new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1,1,1"}))


def test_add_list_test_send_and_look(shell, receiver):
    url = receiver.script("/crm", then=answers.status(200, b"thanks"))
    added = shell.run(
        "webhook", "add", "--name", "CRM", "--url", url, "--event", "payment_received"
    )
    assert "CRM" in added.stdout and url in added.stdout
    secret = next(word for word in added.stdout.split() if word.startswith("whsec_"))

    listed = shell.run("webhook", "list").stdout
    (line,) = [line for line in listed.splitlines() if "CRM" in line]
    assert "payment_received" in line and url in line

    tested = shell.run("webhook", "test", "CRM")
    assert "200" in tested.stdout and "thanks" in tested.stdout
    (came,) = receiver.requests("/crm")
    Webhook(secret).verify(came.body, came.header_map())

    payload = '{ "payment_id":78,"huge": 1e400 }'
    sent = shell.run("send", "payment_received", payload)
    came = receiver.wait_for("/crm", 2)[1]
    assert came.id in sent.stdout
    assert came.body == payload.encode()

    attempts = shell.run("attempts").stdout
    lines = [line for line in attempts.splitlines() if "payment_received" in line]
    assert len(lines) == 2 and all("200" in line for line in lines), attempts


def test_a_failing_test_is_shown_and_ends_with_1(shell, receiver):
    refusal = answers.status(500, b"not today")
    shell.run("webhook", "add", "--name", "Bad", "--url", receiver.script("/bad", then=refusal))
    tested = shell.run("webhook", "test", "Bad", "--event", "payment_received", check=False)
    assert tested.returncode == 1
    assert "500" in tested.stdout and "not today" in tested.stdout
    receiver.down()
    tested = shell.run("webhook", "test", "Bad", "--event", "payment_received", check=False)
    assert tested.returncode == 1
    assert "Failed" in tested.stdout


def test_payloads_from_a_file_and_from_standard_input(shell, receiver, tmp_path):
    shell.run("webhook", "add", "--name", "All", "--url", receiver.script("/all"))
    payload = '{"b":1, "a":{"ü":[ ]}}'
    file = tmp_path / "event.json"
    file.write_text(payload + "\n", encoding="utf-8")
    shell.run("send", "any.event", f"@{file}")
    shell.run("send", "any.event", "-", stdin=payload)
    first, second = receiver.wait_for("/all", 2)
    assert first.body == second.body == payload.encode()


@pytest.mark.parametrize(
    "payload", ["", "{", "[1]", "7", '"text"', "null", "@/no/such/file.json", "{} {}"]
)
def test_a_payload_that_cannot_be_sent(shell, payload):
    done = shell.run("send", "any.event", payload, check=False)
    assert done.returncode not in (0, 101)
    assert done.stderr.strip() and "panicked" not in done.stderr
    listed = shell.run("attempts").stdout
    assert "any.event" not in listed


def test_the_catalogue(shell, tmp_path):
    listed = shell.run("events").stdout
    assert "payment_received" in listed
    assert len(shell.json("events")) == 23

    file = tmp_path / "events.json"
    file.write_text(
        json.dumps(
            {
                "events": [
                    {
                        "name": "flight.booked",
                        "title": "Flight booked",
                        "description": "Somebody has booked a flight.",
                        "group": "flight",
                        "example": {"flight": "LH 400"},
                    }
                ]
            }
        )
    )
    shell.run("events", "import", str(file))
    assert "flight.booked" in shell.run("events").stdout
    # Again: what is there already is replaced.
    shell.run("events", "import", str(file))
    assert len(shell.json("events")) == 24


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"events":[{}]}', '{"events":[{"name":"a b"}]}', "\x00\x01"]
)
def test_a_catalogue_that_is_none(shell, tmp_path, content):
    file = tmp_path / "events.json"
    file.write_text(content)
    done = shell.run("events", "import", str(file), check=False)
    assert done.returncode not in (0, 101)
    assert "events.json" in done.stderr, "the error names the file"
    assert len(shell.json("events")) == 23


def test_what_the_server_refuses_is_said_in_words(shell):
    done = shell.run("webhook", "add", "--name", "X", "--url", "ftp://example.com", check=False)
    assert done.returncode == 1
    assert "url" in done.stderr
    done = shell.run(
        "webhook",
        "add",
        "--name",
        "X",
        "--url",
        "http://127.0.0.1:1/",
        "--event",
        "no.such",
        check=False,
    )
    assert done.returncode == 1
    assert "no.such" in done.stderr or "eventTypes" in done.stderr
    done = shell.run("webhook", "test", "Nobody", check=False)
    assert done.returncode == 1
    assert "Nobody" in done.stderr


def test_without_a_server_it_says_so(shell):
    done = shell.run("events", env={"HOOKWIRE_SERVER": "http://127.0.0.1:9"}, check=False)
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr


def test_a_token_from_the_environment_is_used(shell, new_server):
    token = new_server().token("--org", "org_2aaaaaaaaaaaaaaaaaaaaaaaaaa")
    # Both servers of this test sign with the same secret; the token names another organization.
    assert shell.json("events", env={"HOOKWIRE_TOKEN": token}) == []
    done = shell.run("events", env={"HOOKWIRE_TOKEN": "nonsense"}, check=False)
    assert done.returncode == 1
    assert "token" in done.stderr.lower()


# ---- configuration --------------------------------------------------------------------------


def test_an_unknown_key_in_the_file_is_named(new_server, tmp_path):
    file = tmp_path / "hookwire.toml"
    file.write_text('retry_schedule = "1,2"\nretry_shedule = "1,2"\n')
    server = new_server(start=False, args=["--config", str(file)])
    said = server.refuses_to_start()
    assert "retry_shedule" in said and "line 2" in said


def test_an_unknown_variable_is_named(new_server):
    server = new_server(start=False, env={"HOOKWIRE_RETRY_SHEDULE": "1"})
    assert "HOOKWIRE_RETRY_SHEDULE" in server.refuses_to_start()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOOKWIRE_RETRY_SCHEDULE", "soon"),
        ("HOOKWIRE_RETRY_SCHEDULE", "5,,5"),
        ("HOOKWIRE_RETRY_SCHEDULE", "-1"),
        ("HOOKWIRE_OUTBOUND_ALLOW_SUBNETS", "10.0.0.0/33"),
        ("HOOKWIRE_JWT_SECRET", "short"),
        ("HOOKWIRE_LOG_FORMAT", "xml"),
    ],
)
def test_a_bad_value_is_named(new_server, name, value):
    server = new_server(start=False, env={name: value})
    said = server.refuses_to_start()
    assert name in said
    if name == "HOOKWIRE_JWT_SECRET":
        assert "short" not in said, "a secret is shown"


def test_file_environment_and_flag_in_that_order(new_server, tmp_path, new_tenant, receiver):
    """The flag wins over the environment, the environment over the file."""
    file = tmp_path / "hookwire.toml"
    file.write_text('retry_schedule = "3600"\nlog_format = "text"\nlisten = "127.0.0.1:1"\n')
    server = new_server(
        args=["--config", str(file)],
        env={
            "HOOKWIRE_RETRY_SCHEDULE": "1,1",
            "HOOKWIRE_LOG_FORMAT": "json",
            "HOOKWIRE_LISTEN": "127.0.0.1:2",
        },
    )
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook", first=[answers.status(500)]))
    message = tenant.send(app)
    receiver.wait_for("/hook", 2)
    line = server.wait_for_log(rf".*{message}.*").group(0)
    assert json.loads(line), "not one JSON object a line"


def test_port_0_takes_a_free_port(new_server):
    server = new_server(port=0)
    assert server.port > 0
    assert server.cli("events", env={"HOOKWIRE_SERVER": server.url}).stdout


def test_help_and_version(new_server):
    server = new_server(start=False)
    for args in (["--help"], ["serve", "--help"], ["webhook", "--help"], ["--version"]):
        done = server.cli(*args)
        assert done.stdout.strip() and not done.stderr
    done = server.cli("no-such-command", check=False)
    assert done.returncode == 2 and "no-such-command" in done.stderr


# ---- the first minute -----------------------------------------------------------------------


def test_the_three_printed_commands_work_as_printed(tmp_path):
    """What `make run` prints is pasted into another shell, as it is."""
    process = subprocess.Popen(
        [
            binary(),
            "serve",
            "--dev",
            "--listen",
            "127.0.0.1:0",
            "--store",
            f"sqlite:{tmp_path}/hookwire.db",
        ],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        printed, commands = [], []
        watchdog = threading.Timer(15, process.kill)
        watchdog.start()
        for line in process.stdout:
            printed.append(line)
            words = line.split()
            if words and words[0].rsplit("/", 1)[-1] == "hookwire":
                commands.append(line.strip())
            if len(commands) == 3:
                break
        watchdog.cancel()
        text = "".join(printed)
        assert len(commands) == 3, text
        assert "http://127.0.0.1:" in text
        assert any(word.count(".") == 2 and word.startswith("ey") for word in text.split()), (
            f"no token was printed\n{text}"
        )
        outputs = []
        for command in commands:
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=ROOT,
                env=clean_environment(),
                capture_output=True,
                text=True,
                timeout=30,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            outputs.append(done.stdout)
        # A webhook was made, an event sent, and its attempt is there and has succeeded.
        assert "success" in outputs[2] and "200" in outputs[2], outputs[2]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
