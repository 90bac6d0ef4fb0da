"""A Python that has imported the tool already, and forks for each call: the call then costs no start-up.

python warm_python.py serve SOCKET                      serves until its standard input ends
python -I -S warm_python.py call SOCKET -I -m MODULE    runs a module on the caller's streams
"""

import os
import signal
import socket
import sys

LARGEST = 1 << 16


def call(path, words):
    """Run `words` in a fork of the server, hand signals on to it, and return its exit code."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        asked = repr((os.getcwd(), dict(os.environ), words)).encode()  # noqa: PTH109 - pathlib takes long
        socket.send_fds(server, [asked], [0, 1, 2])
        server.shutdown(socket.SHUT_WR)
        with server.makefile() as told:
            fork = int(told.readline())
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda number, _: os.kill(fork, number))
            return int(told.readline() or 70)


def serve(path):
    """Fork for each caller, until the other end of standard input is closed."""
    import atexit
    import gc
    import selectors

    children = []
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as waiting:
        listener.bind(path)
        listener.listen()
        waiting.register(listener, selectors.EVENT_READ)
        waiting.register(sys.stdin, selectors.EVENT_READ)
        preload()
        gc.freeze()  # what is imported stays shared with the forks
        print("ready", flush=True)  # noqa: T201 - to who started it
        while not any(key.fileobj is sys.stdin for key, _ in waiting.select()):
            caller, _ = listener.accept()
            with caller:
                children.append(os.fork())
                if children[-1] == 0:
                    code = answer(caller)
                    # without taking every module apart, which takes longer than the call
                    atexit._run_exitfuncs()  # noqa: SLF001 - coverage's, which sys.exit would run
                    os._exit(code)
    for child in children:
        os.waitpid(child, 0)


def preload():
    """Import all of the tool, but for what runs when it is imported."""
    import pkgutil
    from importlib import import_module

    import bindbee_sync

    for module in pkgutil.walk_packages(bindbee_sync.__path__, "bindbee_sync."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    from bindbee_sync.cli.app import Commands, program

    program()
    for command in ("validate", "plan", "apply"):
        Commands()[command]


def answer(caller):
    """Become the process that the caller asked for, and return its exit code."""
    import ast
    import runpy
    import traceback

    caller.sendall(b"%d\n" % os.getpid())
    asked, streams, _, _ = socket.recv_fds(caller, LARGEST, 3)
    while more := caller.recv(LARGEST):
        asked += more
    folder, environment, words = ast.literal_eval(asked.decode())
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = (open(number, mode, closefd=False) for number, mode in enumerate("rw"))  # noqa: SIM115 - the process's own
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115 - the process's own
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    assert words[:2] == ["-I", "-m"], words
    sys.argv = words[2:]
    code = 0
    try:
        runpy.run_module(words[2], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 - shown as the interpreter does
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    caller.sendall(b"%d\n" % int(code))
    return code


if __name__ == "__main__":
    task, *rest = sys.argv[1:]
    sys.exit(call(rest[0], rest[1:]) if task == "call" else serve(rest[0]))
