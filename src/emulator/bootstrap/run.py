"""Runs one invocation of a Python function. The job is a JSON object on standard input, limits are set by the time that
it arrives; what came of it goes to descriptor 3; standard output and error are the function's log.

To descriptor 3 go a line `initialized` when the code is loaded, then a line with 0 or an error code and the number of
bytes that follow: the result or the error, as JSON.
"""

import importlib
import json
import logging
import os
import sys
import time
import traceback

# The codes of FunctionGraph's runtimes.
NO_ENTRY = 4001
FAILED = 4002
INVALID_RESULT = 4007
INITIALIZATION_FAILED = 4201
OUT_OF_MEMORY = 4205


class Failure(Exception):
    """Ends the invocation with a code and the documented object that tells why."""

    def __init__(self, code, message, error_type, stack=()):
        super().__init__(message)
        self.code = code
        self.text = "\n".join([*stack, f"{error_type}: {message}"])
        self.body = json.dumps({"errorMessage": message, "errorType": error_type, "stackTrace": list(stack)})

    @classmethod
    def of(cls, code, error):
        """Of an exception of the function's; the frames of this file are not part of its stack."""
        if isinstance(error, MemoryError):
            return cls(OUT_OF_MEMORY, "runtime memory limit exceeded", "MemoryError")
        frames = [f for f in traceback.extract_tb(error.__traceback__)
                  if f.filename not in (__file__, importlib.__file__) and not f.filename.startswith("<frozen")]
        stack = [line.rstrip("\n") for line in traceback.format_list(frames)]
        is_exit = isinstance(error, SystemExit)
        message = "user code sys.exit()" if is_exit else str(error)
        return cls(code, message, type(error).__name__, stack)


class Context:
    """What a handler learns about its invocation."""

    def __init__(self, job):
        self._job = job
        self._end = 0.0
        self._logger = make_logger(job["request_id"])

    def start(self):
        self._end = time.monotonic() + self._job["timeout"]

    def getRequestID(self):  # noqa: N802, the platform's names
        return self._job["request_id"]

    def getRemainingTimeInMilliSeconds(self):  # noqa: N802
        return max(0, int((self._end - time.monotonic()) * 1000))

    def getUserData(self, key, default=None):  # noqa: N802
        return self._job["user_data"].get(key, default)

    def getFunctionName(self):  # noqa: N802
        return self._job["function"]

    def getRunningTimeInSeconds(self):  # noqa: N802
        return self._job["timeout"]

    def getVersion(self):  # noqa: N802
        return self._job["version"]

    def getMemorySize(self):  # noqa: N802
        return self._job["memory"]

    def getCPUNumber(self):  # noqa: N802
        return self._job["cpu"]

    def getProjectID(self):  # noqa: N802
        return self._job["project"]

    def getPackage(self):  # noqa: N802
        return self._job["package"]

    def getAlias(self):  # noqa: N802
        return self._job["alias"]

    def getLogger(self):  # noqa: N802
        return self._logger

    def _nothing(self):
        """There is no agency whose credentials this could be."""
        return ""

    getAccessKey = getSecretKey = getToken = _nothing  # noqa: N815
    getSecurityAccessKey = getSecuritySecretKey = getSecurityToken = _nothing  # noqa: N815


def make_logger(request_id):
    """Lines of time, request id and content."""
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter("%(asctime)sZ " + request_id + " %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logger = logging.getLogger("function")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(handler)
    return logger


def load(root, name):
    """The function that `folder/file.function` names."""
    file, _, function = name.rpartition(".")
    path = os.path.join(root, file.replace(".", "/"))
    if not os.path.isfile(path + ".py") and not os.path.isfile(os.path.join(path, "__init__.py")):
        raise Failure(NO_ENTRY, f"the code has no file {file}.py, which the handler {name} names", "EntryNotFound")
    try:
        module = importlib.import_module(file.strip("/").replace("/", "."))
    except BaseException as error:
        raise Failure.of(INITIALIZATION_FAILED, error) from error
    found = getattr(module, function, None)
    if not callable(found):
        raise Failure(NO_ENTRY, f"{file}.py has no function {function}, which the handler {name} names", "EntryNotFound")
    return found


def call(code, function, *arguments):
    try:
        return function(*arguments)
    except BaseException as error:
        raise Failure.of(code, error) from error


def render(result):
    try:
        return json.dumps("" if result is None else result)
    except (TypeError, ValueError, RecursionError) as error:
        raise Failure(INVALID_RESULT, f"failed to convert the result to a JSON string, err:{error}",
                      type(error).__name__) from error


def run(job, tell):
    root = job["root"]
    sys.path[0] = root
    context = Context(job)
    handler = load(root, job["handler"])
    if job["initializer"]:
        call(INITIALIZATION_FAILED, load(root, job["initializer"]), context)
    tell(b"initialized\n")
    context.start()
    return render(call(FAILED, handler, job["event"], context))


def write_log(text):
    try:
        print(text, file=sys.stderr)
    except (OSError, ValueError):
        pass  # the function closed it


def main():
    channel = os.dup(3)  # children of the function must not have it
    os.close(3)

    def tell(text):
        while text:
            text = text[os.write(channel, text):]

    job = json.loads(sys.stdin.buffer.read())
    try:
        code, body = 0, run(job, tell)
    except Failure as failure:
        code, body = failure.code, failure.body
        write_log(failure.text)
    except MemoryError:
        code, body = OUT_OF_MEMORY, Failure.of(OUT_OF_MEMORY, MemoryError()).body
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # the function closed it
    text = body.encode()
    tell(f"{code} {len(text)}\n".encode() + text)
    os._exit(0)  # threads of the function do not keep it alive


main()
