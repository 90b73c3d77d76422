// The kernels as C++ (twin.h is written by dialect.js from their source), timed natively.
#include "twin.h"
#include "worker.h"

static const int STREAMS = 64;

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
    Doubles state(5 * STREAMS), scores(std::max(days, STREAMS) + 2), settings = {0.1, 20, 1, 30, 1}, alarmed(1);
    if (name == "ph") {
      std::vector<int> alarms(days + 2);
      auto run = [&] { alarmed[0] = k_page_hinkley::pageHinkleyRun(settings.data(), state.data(), returns.data(), days, scores.data(), alarms.data()); };
      best = fastest(budget, run);
      std::fill(state.begin(), state.end(), 0.0);
      run();
      answer = alarmed.data(), length = 1;
    }
    if (name == "ph64") {
      auto run = [&] { for (int t = 0; t + STREAMS <= days; t += STREAMS) k_page_hinkley::pageHinkleyTick(settings.data(), state.data(), STREAMS, returns.data() + t, scores.data()); };
      best = fastest(budget, run);
      std::fill(state.begin(), state.end(), 0.0);
      run();
      answer = scores.data(), length = STREAMS;
    }
    Doubles parts(days * n + 2), filled(days);
    if (name == "attribute") {
      for (int s = 0; s < days; s++) {
        double net = 0;
        for (int p = 0; p < n; p++) net += returns[s * n + p];
        filled[s] = std::trunc(net * 2 / 3);
      }
      best = fastest(budget, [&] { for (int s = 0; s < days; s++) k_attribution::attribute(returns.data(), s * n, n, filled[s], parts.data() + s * n, weights.data(), fractions.data()); });
      answer = parts.data(), length = days * n;
    }
    writeDoubles(folder + "/answer.f64", answer, length);
    std::printf("%.9e\n", best);
    std::fflush(stdout);
  }
}
