"""Runs scripts that need torch, each in a fork of a process that has imported it: run_scripts.py

Reads a command line as a JSON array of texts per line, [SCRIPT, ARGUMENT...]. Writes a JSON object per command:
its exit code and all that it printed, {"exit_code": 0, "output": "..."}. The first line says that torch is ready.
"""

import json
import os
import runpy
import sys
import traceback

import torch  # noqa: F401, the forks need not import it again


def run(command):
    """Runs a script as the interpreter does; returns its exit code."""
    sys.argv = command
    sys.path[0] = os.path.dirname(command[0])
    try:
        runpy.run_path(command[0], run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


print("ready", flush=True)
for line in sys.stdin:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        code = run(json.loads(line))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # the interpreter's own end copies all of torch's memory: seconds
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        output = pipe.read()
    status = os.waitpid(child, 0)[1]
    print(json.dumps({"exit_code": os.waitstatus_to_exitcode(status), "output": output}), flush=True)
