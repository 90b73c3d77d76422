"""The Python peers: reads "NAME N T SECONDS FOLDER" lines, answers the seconds of its fastest call."""
import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import scipy
from scipy.linalg import solve
from scipy.optimize import minimize


def fastest(budget, call):
    start, best = time.perf_counter(), float("inf")
    answer = call()
    one = time.perf_counter() - start
    batch = max(1, int(1e-3 / max(one, 1e-9)))
    while True:
        begin = time.perf_counter()
        for _ in range(batch):
            call()
        best = min(best, (time.perf_counter() - begin) / batch)
        if time.perf_counter() - start >= budget:
            return best, answer


def slsqp_shares(cov, budget):
    """Squared differences of risk shares and budgets, defaults: no gradient, ftol 1e-6."""
    n = len(budget)

    def objective(w):
        contributions = w * (cov @ w)
        return np.sum((contributions / contributions.sum() - budget) ** 2)

    constraint = {"type": "eq", "fun": lambda w: w.sum() - 1}
    return minimize(objective, np.full(n, 1 / n), method="SLSQP", bounds=[(0, 1)] * n, constraints=constraint).x


def slsqp_pairs(cov, budget):
    """Squared differences of all pairs of contributions (Maillard, Roncalli & Teiletche 2010), summed in O(n); defaults. In units of
    the mean variance: with daily variances the first step would already be below ftol."""
    n = len(budget)
    scaled = cov * (n / np.trace(cov))

    def objective(w):
        contributions = w * (scaled @ w)
        return 2 * n * np.sum(contributions**2) - 2 * np.sum(contributions) ** 2

    constraint = {"type": "eq", "fun": lambda w: w.sum() - 1}
    return minimize(objective, np.full(n, 1 / n), method="SLSQP", bounds=[(0, 1)] * n, constraints=constraint).x


def slsqp_tuned(cov, budget):
    """Spinu's objective on the correlation scale with its gradient, ftol 1e-15."""
    deviations = np.sqrt(np.diag(cov))
    rho = cov / np.outer(deviations, deviations)

    def objective(y):
        image = rho @ y
        return 0.5 * y @ image - budget @ np.log(y), image - budget / y

    start = np.sqrt(budget) / np.sqrt(rho.sum() / len(budget))
    options = {"ftol": 1e-15, "maxiter": 500}
    y = minimize(objective, start, jac=True, method="SLSQP", bounds=[(1e-9, None)] * len(budget), options=options).x
    w = y / deviations
    return w / w.sum()


def skfolio_budget(cov, budget):
    from skfolio.optimization import RiskBudgeting
    from skfolio.moments import EmpiricalCovariance
    from skfolio.prior import EmpiricalPrior

    class Fixed(EmpiricalCovariance):
        def fit(self, X, y=None):
            self._set_covariance(cov)
            return self

    model = RiskBudgeting(risk_budget=budget, prior_estimator=EmpiricalPrior(covariance_estimator=Fixed()))
    n = len(budget)
    sample = np.random.default_rng(1).normal(size=(n + 2, n)) * 1e-3
    return lambda: model.fit(sample).weights_


def riskfolio_budget(cov, budget):
    import pandas as pd
    import riskfolio

    n = len(budget)
    sample = np.random.default_rng(1).normal(size=(n + 2, n)) * 1e-3
    portfolio = riskfolio.Portfolio(returns=pd.DataFrame(sample))
    portfolio.assets_stats(method_mu="hist", method_cov="hist")
    portfolio.cov = pd.DataFrame(cov)
    shares = budget.reshape(-1, 1)
    return lambda: portfolio.rp_optimization(model="Classic", rm="MV", rf=0, b=shares, hist=True)["weights"].to_numpy()


def river_alarms(values):
    from river.drift import PageHinkley

    def call():
        detector = PageHinkley(min_instances=30, delta=0.1, threshold=20, alpha=1, mode="down")
        alarms = 0
        for x in values:
            detector.update(x)
            alarms += detector.drift_detected
        return np.array([alarms], dtype=float)

    return call


def contender(name, n, days, folder):
    read = lambda kind: np.fromfile(f"{folder}/{kind}.f64")
    if name in ("ph",):
        return river_alarms([float(x) for x in read("returns")[:days]])
    returns = read("returns").reshape(days, n)
    cov = read("cov").reshape(n, n)
    budget, mu = read("budget"), read("mu")
    calls = {
        "slsqp_shares": lambda: slsqp_shares(cov, budget),
        "slsqp_pairs": lambda: slsqp_pairs(cov, budget),
        "slsqp_tuned": lambda: slsqp_tuned(cov, budget),
        "cov": lambda: np.cov(returns, rowvar=False),
        "kelly": lambda: solve(cov, mu, assume_a="pos"),
    }
    libraries = {"skfolio": skfolio_budget, "riskfolio": riskfolio_budget}
    return libraries[name](cov, budget) if name in libraries else calls[name]


def versions():
    names = [f"numpy {np.__version__}", f"scipy {scipy.__version__}"]
    for module in ("skfolio", "riskfolio-lib", "river"):
        try:
            names.append(f"{module} {version(module)}")
        except PackageNotFoundError:
            names.append(f"{module} -")
    return ", ".join(names)


print(versions(), flush=True)
for line in sys.stdin:
    name, n, days, budget, folder = line.split()
    try:
        best, answer = fastest(float(budget), contender(name, int(n), int(days), folder))
        np.ascontiguousarray(answer, dtype=float).tofile(f"{folder}/answer.f64")
        print(f"{best:.9e}", flush=True)
    except Exception as reason:
        print(f"error {str(reason)[:200]!r}", flush=True)
