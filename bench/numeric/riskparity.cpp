// riskparity.py's own C++ core (vanilla.h of its source distribution), without the Python around it.
#include "vanilla.h"
#include "worker.h"

int main() {
  std::string name, folder;
  int n, days;
  double budget;
  while (std::cin >> name >> n >> days >> budget >> folder) {
    Doubles cov = readDoubles(folder + "/cov.f64"), b = readDoubles(folder + "/budget.f64");
    matrix_t sigma = Eigen::Map<matrix_t>(cov.data(), n, n);
    vector_t budgets = Eigen::Map<vector_t>(b.data(), n), weights;
    double best = fastest(budget, [&] { weights = risk_parity_portfolio_ccd_spinu(sigma, budgets, 1e-10, 50); });
    writeDoubles(folder + "/answer.f64", weights.data(), n);
    std::printf("%.9e\n", best);
    std::fflush(stdout);
  }
}
