from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.2)

    @task(3)
    def browse(self):
        self.client.get("/")
        self.client.get("/products/2", name="/products/:id")

    @task
    def search(self):
        self.client.get("/search?q=tea", name="/search")
