"""Runs a server for as long as the test process lives.

The test process holds the other end of standard input: when it closes, however the process ended,
the server's whole process group is killed and its state folder removed. A server that stops by
itself leaves the folder behind, since its log is in there.

usage: guard.py STATE_FOLDER COMMAND...
"""

import os
import shutil
import signal
import subprocess
import sys
import threading


def main() -> int:
    state, *command = sys.argv[1:]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def stop_with_the_tests() -> None:
        sys.stdin.buffer.read()
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        shutil.rmtree(state, ignore_errors=True)
        os._exit(0)

    threading.Thread(target=stop_with_the_tests, daemon=True).start()
    code = server.wait()
    # When both threads saw the end, the one that removes the folder has the last word.
    threading.Event().wait(0.2)
    return code


if __name__ == "__main__":
    sys.exit(main())
