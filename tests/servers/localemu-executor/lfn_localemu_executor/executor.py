"""One execution environment: the runtime in a subprocess, talking to a Runtime API of its own."""

import json
import os
import subprocess
import sys
import threading
import time

from localemu.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localemu.services.lambda_.invocation.lambda_models import InvocationResult
from localemu.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from .runtime_api import RuntimeApi

INIT_SECONDS = 20


class ProcessExecutor(RuntimeExecutor):
    def __init__(self, id, function_version):
        super().__init__(id, function_version)
        self._config = function_version.config
        self._output: list[str] = []
        self._process: subprocess.Popen | None = None
        self._api: RuntimeApi | None = None

    def start(self, env_vars):
        self._api = RuntimeApi(self._config.timeout)
        folder = str(self._config.code.get_unzipped_code_location())
        environment = {name: str(value) for name, value in env_vars.items()} | {
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "LAMBDA_TASK_ROOT": folder,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": folder,
            "PYTHONUNBUFFERED": "1",
        }
        # In the server's process group, so that it ends with the server.
        self._process = subprocess.Popen(
            self._command(folder),
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        threading.Thread(target=self._collect_output, daemon=True).start()
        self._api.ready.wait(INIT_SECONDS)
        if self._api.init_error:
            raise StatusErrorException("Environment startup failed", payload=self._api.init_error)
        if self._process.poll() is not None:
            error = {"errorType": "Runtime.ExitError", "errorMessage": f"exit status {self._process.returncode}"}
            raise StatusErrorException("Environment startup failed", payload=json.dumps(error).encode())

    def stop(self):
        if self._process and self._process.poll() is None:
            self._process.terminate()
        if self._api:
            self._api.close()

    def invoke(self, payload, *args, **kwargs):
        request_id = payload["invoke-id"]
        seen, started = len(self._output), time.time()
        answer = self._api.invoke(payload)
        if answer is None:
            message = f"RequestId: {request_id} Error: Task timed out after {self._config.timeout:.2f} seconds"
            answer = True, json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": message}).encode()
        failed, body = answer
        # The last lines come through a pipe of their own and may be a moment late.
        time.sleep(0.01)
        milliseconds, memory = (time.time() - started) * 1000, self._config.memory_size
        logs = (
            f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n"
            + "".join(self._output[seen:])
            + f"END RequestId: {request_id}\n"
            + f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\t"
            + f"Billed Duration: {int(milliseconds) + 1} ms\tMemory Size: {memory} MB\tMax Memory Used: {memory} MB\t\n"
        )
        return InvocationResult(request_id, body, is_error=failed, logs=logs)

    def get_logs(self):
        return "".join(self._output)

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return f"http://127.0.0.1/none/{self.id}"

    @classmethod
    def prepare_version(cls, function_version):
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass

    @classmethod
    def validate_environment(cls):
        return True

    def _command(self, folder: str) -> list[str]:
        if self._config.runtime.startswith("python"):
            return [sys.executable, "-m", "awslambdaric", self._config.handler]
        bootstrap = os.path.join(folder, "bootstrap")
        os.chmod(bootstrap, 0o755)
        return [bootstrap]

    def _collect_output(self):
        for line in self._process.stdout:
            self._output.append(line.decode("utf8", "replace"))
        self._api.ready.set()
