"""A mail server of our own that can be in any mood; just enough of RFC 5321 to take a message."""

import socketserver
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

WELL = "well"
BUSY = "busy"  # 451 to each recipient: not now
UNKNOWN = "unknown"  # 550 to each recipient: never
SILENT = "silent"  # takes the message and hangs up without a word


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine; ``taken`` are the messages that it accepted."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.mood = WELL
        self.taken: list[EmailMessage] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 mail.example ready")
        while line := self.rfile.readline().strip().upper():
            verb = line.split()[0]
            if verb == b"DATA":
                self.take_message()
                if self.server.mood == SILENT:
                    return
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say(self.answer_to(verb))

    def answer_to(self, verb: bytes) -> str:
        if verb == b"RCPT" and self.server.mood == BUSY:
            return "451 try again later"
        if verb == b"RCPT" and self.server.mood == UNKNOWN:
            return "550 no such person here"
        return "250 mail.example" if verb in {b"EHLO", b"HELO"} else "250 fine"

    def take_message(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        message: Any = message_from_bytes(b"".join(lines), policy=default)
        self.server.taken.append(message)
        if self.server.mood != SILENT:
            self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())
