// The kernels as C++ (twin.h is written by dialect.js from their source), timed natively.
#include "twin.h"
#include "worker.h"

int main() {
  std::string name, folder;
  int n, days;
  double budget;
  while (std::cin >> name >> n >> days >> budget >> folder) {
    Doubles cov = readDoubles(folder + "/cov.f64"), b = readDoubles(folder + "/budget.f64"), mu = readDoubles(folder + "/mu.f64");
    Doubles returns = readDoubles(folder + "/returns.f64"), out(n * n + 2), report(8), fractions(n + 2);
    Doubles work(std::max({k_erc::riskBudgetWorkLength(n), k_kelly::kellyWorkLength(n), k_covariance::covarianceWorkLength(days, n)}) + 2);
    auto covariance = [&] { k_covariance::sampleCovariance(returns.data(), days, n, out.data(), work.data(), report.data()); };
    Doubles weights(n + 2);
    auto solve = [&](f64 *sigma) { k_erc::riskBudget(sigma, n, b.data(), 1e-10, 60, 0, 0, weights.data(), work.data(), report.data()); };
    auto kelly = [&](f64 *sigma) { k_kelly::kelly(sigma, mu.data(), n, 0, fractions.data(), work.data(), report.data()); };
    double best = -1;
    const double *answer = weights.data();
    size_t length = n;
    if (name == "erc") best = fastest(budget, [&] { solve(cov.data()); });
    if (name == "kelly") best = fastest(budget, [&] { kelly(cov.data()); }), answer = fractions.data();
    if (name == "cov") best = fastest(budget, covariance), answer = out.data(), length = n * n;
    if (name == "pipeline") best = fastest(budget, [&] { covariance(); solve(out.data()); kelly(out.data()); });
    if (name == "ph") {
      Doubles state(8), scores(days + 2), settings = {0.1, 8, 1, 30, 1};
      std::vector<int> alarms(days + 2);
      best = fastest(budget, [&] { k_page_hinkley::pageHinkleyRun(settings.data(), state.data(), returns.data(), days, scores.data(), alarms.data()); });
      answer = scores.data(), length = 1;
    }
    if (name == "ph64") {
      Doubles state(5 * 64), scores(64), settings = {0.1, 8, 1, 30, 1};
      int ticks = days / 64;
      best = fastest(budget, [&] { for (int t = 0; t < ticks; t++) k_page_hinkley::pageHinkleyTick(settings.data(), state.data(), 64, returns.data() + 64 * t, scores.data()); });
      answer = scores.data(), length = 1;
    }
    writeDoubles(folder + "/answer.f64", answer, length);
    std::printf("%.9e\n", best);
    std::fflush(stdout);
  }
}
