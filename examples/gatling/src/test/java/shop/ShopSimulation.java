package shop;

import static io.gatling.javaapi.core.CoreDsl.*;
import static io.gatling.javaapi.http.HttpDsl.*;

import io.gatling.javaapi.core.*;
import io.gatling.javaapi.http.*;

public class ShopSimulation extends Simulation {
  private final double rate = Double.parseDouble(System.getProperty("rate", "3"));
  private final int duration = Integer.getInteger("duration", 10);
  private final HttpProtocolBuilder http =
      HttpDsl.http.baseUrl(System.getProperty("target", "http://127.0.0.1:8080"));

  private final ScenarioBuilder browse =
      scenario("browse")
          .group("catalogue")
          .on(
              exec(HttpDsl.http("GET /").get("/").check(status().is(200))),
              exec(HttpDsl.http("GET /products/:id").get("/products/2").check(status().is(200))));

  public ShopSimulation() {
    setUp(browse.injectOpen(constantUsersPerSec(rate).during(duration)))
        .protocols(http)
        .assertions(global().failedRequests().percent().lt(1.0));
  }
}
