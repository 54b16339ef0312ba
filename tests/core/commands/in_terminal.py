"""Runs a command on a pseudo-terminal, as a session of its own, and disturbs it.

usage: in_terminal.py (ctrl-c | hangup) PRINTED SECONDS COMMAND...

Waits until the command has printed PRINTED, then SECONDS, then types Ctrl-C or closes the terminal.
Prints what the command printed, and ends when the command and all that it started have ended.
"""
import os
import pty
import select
import signal
import sys
import time

what, printed, seconds, command = sys.argv[1], sys.argv[2].encode(), float(sys.argv[3]), sys.argv[4:]
pid, master = pty.fork()
if pid == 0:
    for name in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(name, signal.SIG_DFL)
    os.execvp(command[0], command)

output, due, done = b"", None, False
while True:
    if select.select([master], [], [], 0.005)[0]:
        try:
            text = os.read(master, 65536)
        except OSError:
            break
        if not text:
            break
        output += text
        if due is None and printed in output:
            due = time.monotonic() + seconds
    if due is not None and not done and time.monotonic() >= due:
        done = True
        if what == "hangup":
            os.close(master)
            break
        os.write(master, b"\x03")
sys.stdout.write(output.decode(errors="replace"))
status = os.waitpid(pid, 0)[1]
sys.stdout.write(f"\nstatus {os.waitstatus_to_exitcode(status)}\n")
