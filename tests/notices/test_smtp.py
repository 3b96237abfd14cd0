import email
import email.policy
import socketserver
import threading

import pytest

from itsm.notices import services, tasks
from itsm.notices.models import Delivery


class Post(socketserver.StreamRequestHandler):
    """Just enough SMTP to take a mail, or to refuse a recipient."""

    def handle(self):
        self.wfile.write(b"220 post office\r\n")
        for raw in self.rfile:
            verb = raw.decode().strip().upper()
            if verb == "DATA":
                self._take()
            elif verb.startswith("RCPT") and b"gone@" in raw:
                self.wfile.write(b"550 nobody of that name\r\n")
            else:
                self.wfile.write(b"221 bye\r\n" if verb == "QUIT" else b"250 well\r\n")
                if verb == "QUIT":
                    return

    def _take(self):
        self.wfile.write(b"354 go on\r\n")
        lines = list(iter(self.rfile.readline, b".\r\n"))
        self.server.letters.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
        self.wfile.write(b"250 taken\r\n")


@pytest.fixture
def post_office(settings):
    """A mail server on a free port of this machine; `letters` is what it took."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        server.letters, server.daemon_threads = [], True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.MAIL_CONFIGURED = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.DEFAULT_FROM_EMAIL = "服务台 <desk@example.com>"
        yield server
        server.shutdown()


def test_a_mail_arrives_with_both_parts_in_the_readers_language(post_office, contact):
    services.tell(contact, "accounts.invitation")
    assert tasks.deliver_notices() == 1
    (letter,) = post_office.letters
    assert letter["To"] == contact.email
    assert "服务台" in str(letter["From"])
    assert letter["Content-Language"] == "zh-hans"
    assert letter["Message-ID"].endswith("@example.com>")
    assert {part.get_content_type() for part in letter.iter_parts()} == {"text/plain", "text/html"}
    assert "/accounts/welcome/" in letter.get_body(("plain",)).get_content()


def test_a_refused_recipient_does_not_stop_the_next_mail(post_office, contact, representative):
    contact.email = "gone@example.com"
    contact.save(update_fields=["email"])
    services.tell(contact, "accounts.invitation")
    services.tell(representative, "accounts.invitation")
    assert tasks.deliver_notices() == 1
    assert [letter["To"] for letter in post_office.letters] == [representative.email]
    assert "nobody of that name" in Delivery.objects.get(accepted_at=None).last_error
