"""The entry point that LocalEmu looks up by the name in LAMBDA_RUNTIME_EXECUTOR."""

from plux import Plugin


class ProcessExecutorPlugin(Plugin):
    namespace = "localemu.lambda.runtime_executor"
    name = "local"

    def load(self, *args, **kwargs):
        # Late, because LocalEmu imports every plugin before its own Lambda service is ready.
        from .executor import ProcessExecutor

        return ProcessExecutor
