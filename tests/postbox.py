"""A mail server on this machine alone, which keeps the letters it is handed."""

import socketserver


class Postbox(socketserver.StreamRequestHandler):
    """Speaks as much of SMTP as a letter needs."""

    def handle(self):
        self._say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "DATA":
                self._take()
            elif word == "AUTH":
                self._say(f"535 no: {line}")
            elif word == "RCPT" and "nobody@" in line:
                self._say("550 no such person")
            elif word == "EHLO":
                self._say("250-loopback\r\n250 AUTH PLAIN LOGIN")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self):
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line.removeprefix(".") if line.startswith("..") else line)
        self.server.letters.append("".join(lines))
        self._say("250 kept")

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())
