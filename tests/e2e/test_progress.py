"""What a person sees while a sync runs: on a terminal of some width, and off one."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

from harness import FGSYNC, Case, Proxy, main


class Progress(Case):
    def slow_imports(self):
        proxy = Proxy(self.emulator.port, lambda method, path, count: 2.2 if path.endswith("/import") else None)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.url

    def on_a_terminal(self, *arguments, columns):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([FGSYNC, *arguments], cwd=self.work, stdin=subprocess.DEVNULL, stdout=slave,
                                   stderr=slave, env=self.environment(TERM="xterm", NO_COLOR="1"))
        os.close(slave)
        seen = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other side has been closed
                break
            if not part:
                break
            seen += part
        os.close(master)
        return process.wait(timeout=20), seen.decode()

    def live_lines(self, seen):
        return [line for line in re.split(r"\r\x1b\[K", seen) if re.match(r"\[|\d+/\d+", line)]

    def test_a_terminal_shows_what_is_in_flight_and_for_how_long(self):
        self.add_function("orders-api")
        self.slow_imports()
        code, seen = self.on_a_terminal("sync", columns=80)
        self.assertEqual(code, 0, seen)
        lines = self.live_lines(seen)
        self.assertIn("[....................] 0/1  orders-api: import", lines)
        self.assertTrue(any(re.fullmatch(r"\[\.{20}\] 0/1  orders-api: import \(\d s\)", line) for line in lines), lines)
        self.assertRegex(seen, r"\r\x1b\[Kdone        orders-api: import, publish ")

    def test_forty_columns_are_never_exceeded(self):
        for number in range(6):
            self.add_function(f"function-number-{number}")
        self.slow_imports()
        code, seen = self.on_a_terminal("sync", columns=40)
        self.assertEqual(code, 0, seen)
        lines = self.live_lines(seen)
        self.assertTrue(any("  +" in line for line in lines), lines)
        self.assertLess(max(len(line.split("\r")[0]) for line in lines), 40)

    def test_off_a_terminal_there_is_a_line_for_each_and_the_next_step(self):
        self.add_function("a")
        self.add_function("b")
        refusal = (b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 49\r\n\r\n"
                   b'{"error_code":"FSS.0400","error_msg":"no thanks"}')
        proxy = Proxy(self.emulator.port, lambda method, path, count: refusal if path.endswith("/import") else None)
        self.addCleanup(proxy.stop)
        self.endpoint = proxy.url
        out, err = self.run_fgsync("sync", code=1)
        self.assertNotIn("\x1b", out + err)
        self.assertEqual(len(re.findall(r"(?m)^failed      [ab]: ", out)), 2)
        self.assertTrue(out.endswith(
            "next: correct what the service refuses, then run fgsync sync again (a, b)\n"), out)


if __name__ == "__main__":
    main()
