from locust import LoadTestShape

from locustfile import Visitor  # noqa: F401


class UpAndDown(LoadTestShape):
    """Two users, then six, then two again, two seconds each."""

    def tick(self):
        users = [2, 6, 2]
        step = int(self.get_run_time() / 2)
        return (users[step], 10) if step < len(users) else None
