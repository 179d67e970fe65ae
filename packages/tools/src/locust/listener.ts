/** A file beside the locustfile that writes down each request and each task: the way to raw samples that Locust has. */
export const LISTENER = `"""Writes a line of JSON for each request and each task of Locust to the file that MARTEAU_LOCUST_LINES names."""
import json
import os
import time

from locust import events
from locust.exception import InterruptTaskSet, RescheduleTask, StopUser
from locust.user.task import DefaultTaskSet, TaskSet

_file = open(os.environ["MARTEAU_LOCUST_LINES"], "a", buffering=1)
_environment = None


@events.init.add_listener
def _remember(environment, **_):
    global _environment
    _environment = environment


def _write(start, kind, name, ms, length, exception, status):
    runner = getattr(_environment, "runner", None)
    users = getattr(runner, "user_count", None)
    problem = None if exception is None else repr(exception)[:1000]
    try:
        _file.write(json.dumps([start, str(kind), str(name), ms, length or 0, problem, status, users]) + "\\n")
    except (ValueError, OSError):
        pass


@events.request.add_listener
def _request(request_type, name, response_time, response_length, exception=None, start_time=None, response=None, **_):
    ms = float(response_time or 0)
    start = start_time if start_time is not None else time.time() - ms / 1000
    _write(start, request_type, name, ms, response_length, exception, getattr(response, "status_code", None))


def _timed(owner):
    execute = owner.execute_task

    def execute_task(self, task):
        # A nested task set is one task of its parent, and its own tasks are told.
        if isinstance(task, type):
            return execute(self, task)
        name = f"{type(self.user).__name__} > {getattr(task, '__name__', task)}"
        start = time.time()
        begun = time.perf_counter()
        problem = None
        try:
            return execute(self, task)
        except (InterruptTaskSet, RescheduleTask, StopUser):
            raise
        except Exception as error:
            problem = error
            raise
        finally:
            _write(start, "TASK", name, (time.perf_counter() - begun) * 1000, 0, problem, None)

    owner.execute_task = execute_task


_timed(TaskSet)
_timed(DefaultTaskSet)
`;
